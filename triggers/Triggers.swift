import Postgres

/// The scripts of this folder, in the order of their names; each is applied again whenever its text has changed.
package enum Triggers {
    package static let all = [
        Script("10_channel", PackageResources._0_channel_sql),
        Script("15_lost", PackageResources._5_lost_sql),
        Script("16_changes_since", PackageResources._6_changes_since_sql),
        Script("20_load", PackageResources._0_load_sql),
        Script("30_described", PackageResources._0_described_sql),
        Script("31_described_briefly", PackageResources._1_described_briefly_sql),
        Script("32_fold_deletions", PackageResources._2_fold_deletions_sql),
        Script("33_payload", PackageResources._3_payload_sql),
        Script("34_read_changes", PackageResources._4_read_changes_sql),
        Script("35_prune_changes", PackageResources._5_prune_changes_sql),
        Script("40_notify", PackageResources._0_notify_sql),
        Script("41_announce_project", PackageResources._1_announce_project_sql),
        Script("50_record_deleted_images", PackageResources._0_record_deleted_images_sql),
        Script("51_record_moved_image", PackageResources._1_record_moved_image_sql),
        Script("52_record_truncated_images", PackageResources._2_record_truncated_images_sql),
        Script("53_record_deleted_projects", PackageResources._3_record_deleted_projects_sql),
        Script("54_record_renamed_project", PackageResources._4_record_renamed_project_sql),
        Script("55_record_truncated_projects", PackageResources._5_record_truncated_projects_sql),
        Script("60_announce_inserted_images", PackageResources._0_announce_inserted_images_sql),
        Script("61_announce_updated_images", PackageResources._1_announce_updated_images_sql),
        Script("62_announce_deleted_images", PackageResources._2_announce_deleted_images_sql),
        Script("63_announce_truncated_images", PackageResources._3_announce_truncated_images_sql),
        Script("64_announce_inserted_projects", PackageResources._4_announce_inserted_projects_sql),
        Script("65_announce_updated_project", PackageResources._5_announce_updated_project_sql),
        Script("66_announce_deleted_projects", PackageResources._6_announce_deleted_projects_sql),
        Script("67_announce_truncated_projects", PackageResources._7_announce_truncated_projects_sql),
        Script("70_image_touched", PackageResources._0_image_touched_sql),
        Script("80_generated_images", PackageResources._0_generated_images_sql),
        Script("81_content_creation_requests", PackageResources._1_content_creation_requests_sql),
        Script("90_examine", PackageResources._0_examine_sql),
        Script("91_grant_to_daemon", PackageResources._1_grant_to_daemon_sql),
    ]
}
