#!/bin/sh
# Makes .build/dist/scenesync, a stripped binary, and .build/dist/scenesync_VERSION_ARCH.deb out of the release build.
set -eu
cd "$(dirname "$0")/.."

out=$PWD/.build/dist
root=$out/root
rm -rf "$out"
mkdir -p "$root/DEBIAN" "$root/usr/bin" "$root/etc/scenesync" "$root/usr/lib/systemd/system" \
    "$root/usr/share/man/man1" "$root/usr/share/doc/scenesync/examples"

# The toolchain's folder in the binary would be one to load libraries from.
install -m 755 .build/release/scenesync "$out/scenesync"
strip "$out/scenesync"
chrpath -d "$out/scenesync" >/dev/null

version=$("$out/scenesync" --version)
architecture=$(dpkg --print-architecture)
# The same sources make the same package.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH

documents=$root/usr/share/doc/scenesync
install -m 755 "$out/scenesync" "$root/usr/bin/scenesync"
install -m 644 deploy/systemd/scenesync.service "$root/usr/lib/systemd/system/"
install -m 640 deploy/systemd/scenesync.env "$root/etc/scenesync/"
sed "s/@VERSION@/$version/" deploy/debian/scenesync.1 | gzip -9n >"$root/usr/share/man/man1/scenesync.1.gz"
install -m 644 docs/deploying.md docs/operating.md SECURITY.md "$documents/"
cp -R deploy/nginx deploy/caddy deploy/prometheus deploy/grafana "$documents/examples/"
{
    echo "scenesync ($version) unstable; urgency=medium"
    echo
    echo "  * $(git log -1 --format=%s)"
    echo
    echo " -- Scene Sync maintainers <maintainers@scenesync.invalid>  $(date -uRd "@$SOURCE_DATE_EPOCH")"
} | gzip -9n >"$documents/changelog.gz"

# What is linked in comes with its own licenses.
{
    if [ -f LICENSE ]; then
        cat LICENSE
    else
        echo "Scene Sync: no license has been published with its sources; all rights are its authors'."
    fi
    echo
    echo "What is linked into the binary comes under the licenses in third-party.gz, most of it under"
    echo "the Apache License 2.0, which is /usr/share/common-licenses/Apache-2.0."
} >"$documents/copyright"
{
    for package in .build/checkouts/*/; do
        for file in "$package"LICENSE* "$package"NOTICE*; do
            [ ! -f "$file" ] || printf '\n\n==== %s, %s ====\n\n' "$(basename "$package")" "$(basename "$file")"
            [ ! -f "$file" ] || cat "$file"
        done
    done
} | gzip -9n >"$documents/third-party.gz"

# What is to be there where it runs: the libraries that it names, by the packages that they are in here.
mkdir -p "$out/depends/debian"
printf 'Source: scenesync\n\nPackage: scenesync\nArchitecture: any\n' >"$out/depends/debian/control"
depends=$(cd "$out/depends" && dpkg-shlibdeps -O "$out/scenesync" 2>/dev/null | sed -n 's/^shlibs:Depends=//p')
[ -n "$depends" ] || { echo "dpkg-shlibdeps found no libraries" >&2 && exit 1; }
rm -r "$out/depends"

install -m 644 deploy/debian/conffiles "$root/DEBIAN/"
install -m 755 deploy/debian/postinst deploy/debian/prerm deploy/debian/postrm "$root/DEBIAN/"
sed -e "s/@VERSION@/$version/" -e "s/@ARCHITECTURE@/$architecture/" -e "s/@DEPENDS@/$depends/" \
    -e "s/@SIZE@/$(du -sk "$root" | cut -f1)/" deploy/debian/control >"$root/DEBIAN/control"
(cd "$root" && find usr -type f -exec md5sum {} +) >"$root/DEBIAN/md5sums"
chmod -R u+rwX,go+rX,go-w "$root/usr"
find "$root" -newermt "@$SOURCE_DATE_EPOCH" -exec touch -hd "@$SOURCE_DATE_EPOCH" {} +

package=$out/scenesync_${version}_$architecture.deb
dpkg-deb --root-owner-group -Zxz --build "$root" "$package" >/dev/null
rm -r "$root"
ls -l "$out/scenesync" "$package"
