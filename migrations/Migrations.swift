import Postgres

/// The scripts of this folder, oldest first; each is run once in the life of a database.
package enum Migrations {
    package static let all = [
        Script("0001_create_generated_images_table", PackageResources._001_create_generated_images_table_sql),
        Script("0002_create_scene_sync_schema", PackageResources._002_create_scene_sync_schema_sql),
        Script("0003_create_changes_table", PackageResources._003_create_changes_table_sql),
        Script("0004_create_scene_sync_api_schema", PackageResources._004_create_scene_sync_api_schema_sql),
        Script("0005_create_backfill_table", PackageResources._005_create_backfill_table_sql),
        Script("0006_sign_notifications", PackageResources._006_sign_notifications_sql),
    ]
}
