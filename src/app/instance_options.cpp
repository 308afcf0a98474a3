#include "app/instance_options.h"

#include <spdlog/spdlog.h>

namespace altis::app {

namespace {

service::ChannelOptions channel_options(const Config& config) {
    service::ChannelOptions options;
    options.sender = config.channels.sender;
    options.public_url = config.channels.public_url;
    options.contact = config.channels.contact;
    options.email = {config.email.relay,        config.email.tls_from_start,
                     config.email.user,         config.email.password_file,
                     config.email.from,         config.email.dkim_selector,
                     config.email.dkim_key_file};
    options.apns = {config.apns.key_file, config.apns.key_id, config.apns.team, config.apns.bundle,
                    config.apns.url};
    options.fcm = {config.fcm.account_file, config.fcm.url};
    options.reach =
        config.channels.allow_private ? server::Reach::kAnywhere : server::Reach::kPublic;
    options.first_retry = milliseconds(static_cast<std::int64_t>(config.channels.first_retry_ms));
    return options;
}

}  // namespace

service::InstanceOptions instance_options(const Config& config) {
    service::InstanceOptions options;
    options.directory = config.data.directory;
    options.address = config.server.address;
    options.port = config.server.port;
    options.threads = config.server.threads;
    options.journal_segment_bytes = config.data.journal_segment_mb << 20;
    options.snapshot_every_records = config.data.snapshot_every_records;
    options.warehouse_threads = config.warehouse.threads;
    options.warehouse_memory_mb = config.warehouse.memory_mb;
    options.deliveries.reach =
        config.webhooks.allow_private ? server::Reach::kAnywhere : server::Reach::kPublic;
    options.deliveries.first_retry =
        milliseconds(static_cast<std::int64_t>(config.webhooks.first_retry_ms));
    options.channels = channel_options(config);
    options.model.server.url = config.model.url;
    options.model.name = config.model.name;
    options.model_key_file = config.model.key_file;
    // Failures only: a line per ingest request would cost more than the request.
    // The logger is made here, before any thread that logs.
    options.access_log = [logger = spdlog::default_logger()](const server::Access& access) {
        if (access.status < 500) return;
        logger->warn("request={} route={} status={} micros={}", access.request_id, access.route,
                     access.status, access.micros);
    };
    return options;
}

}  // namespace altis::app
