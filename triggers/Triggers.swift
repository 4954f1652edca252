import Postgres

/// The scripts of this folder, in the order of their names; each is applied again whenever its text has changed.
package enum Triggers {
    package static let all = [
        Script("10_channel", PackageResources._0_channel_sql),
        Script("20_load", PackageResources._0_load_sql),
        Script("30_fold_deletions", PackageResources._0_fold_deletions_sql),
        Script("40_announce", PackageResources._0_announce_sql),
        Script("41_announce_images", PackageResources._1_announce_images_sql),
        Script("50_images_inserted", PackageResources._0_images_inserted_sql),
        Script("51_images_updated", PackageResources._1_images_updated_sql),
        Script("52_images_deleted", PackageResources._2_images_deleted_sql),
        Script("53_images_truncating", PackageResources._3_images_truncating_sql),
        Script("54_images_truncated", PackageResources._4_images_truncated_sql),
        Script("60_projects_inserted", PackageResources._0_projects_inserted_sql),
        Script("61_project_deleted", PackageResources._1_project_deleted_sql),
        Script("62_projects_deleted", PackageResources._2_projects_deleted_sql),
        Script("63_project_updated", PackageResources._3_project_updated_sql),
        Script("64_projects_truncated", PackageResources._4_projects_truncated_sql),
        Script("70_image_touched", PackageResources._0_image_touched_sql),
        Script("80_generated_images", PackageResources._0_generated_images_sql),
        Script("81_content_creation_requests", PackageResources._1_content_creation_requests_sql),
        Script("90_examine", PackageResources._0_examine_sql),
        Script("91_grant_to_daemon", PackageResources._1_grant_to_daemon_sql),
    ]
}
