"""nginx with nchan, from Debian's packages, with one worker, its folder and its port."""

import os

from harness import process

MODULE = "/usr/lib/nginx/modules/ngx_nchan_module.so"

CONFIGURATION = """
load_module {module};
{user}
worker_processes 1;
daemon off;
pid {folder}/pid;
error_log {folder}/log warn;
events {{ worker_connections 16000; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    client_body_buffer_size 64k;
    keepalive_requests 100000000;
    keepalive_timeout 300s;
    open_file_cache max=2000;
    nchan_shared_memory_size 512M;
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location ~ ^/publish/(.+)$ {{
            nchan_publisher;
            nchan_channel_id $1;
            nchan_message_buffer_length 1000;
            nchan_message_timeout 1h;
        }}
        location ~ ^/projects/([^/]+)/events$ {{
            nchan_subscriber eventsource;
            nchan_channel_id $1;
            nchan_subscriber_first_message {first};
            nchan_eventsource_ping_interval 15;
        }}
        location /projects/ {{
            root {folder}/www;
            default_type application/json;
            try_files $uri /projects/project.json;
        }}
    }}
}}
"""


class Nginx:
    def __init__(self, stack, folder, port, project_bytes, opens_with_last_message):
        """`stack` stops it."""
        if not os.path.exists(MODULE):
            raise SystemExit("nginx with nchan is missing: scripts/install.sh bench")
        os.makedirs(os.path.join(folder, "www/projects"))
        with open(os.path.join(folder, "www/projects/project.json"), "w") as file:
            file.write("x" * project_bytes)
        configuration, log = os.path.join(folder, "configuration"), os.path.join(folder, "log")
        with open(configuration, "w") as file:
            file.write(CONFIGURATION.format(
                module=MODULE, folder=folder, port=port, user="user www-data;" if os.geteuid() == 0 else "",
                first="oldest" if opens_with_last_message else "newest"))
        with open(log, "w") as file:
            # The worker ends with its master only if that is told to stop, so it is never just killed.
            self.process = process.start(
                ["/usr/sbin/nginx", "-p", folder, "-e", log, "-c", configuration], how=["--pdeathsig=TERM"],
                stdout=file, stderr=file)
        stack.callback(process.stop, self.process)
        process.wait_for_port(port, self.process, log)
