// A whole Altis: the core, the warehouse, the streams and the HTTP server over one data folder.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "server/http_server.h"
#include "service/api.h"
#include "service/channel_sender.h"
#include "service/deliveries.h"
#include "service/in_app_streams.h"
#include "service/later.h"
#include "service/model_desk.h"
#include "service/postman.h"
#include "service/retention.h"
#include "service/send_clock.h"
#include "service/statement_gate.h"
#include "service/treasuries.h"

namespace altis::service {

struct InstanceOptions {
    std::string directory;
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;
    unsigned threads = 2;
    std::uint64_t journal_segment_bytes = 64U << 20;
    std::uint64_t snapshot_every_records = 2'000'000;
    unsigned warehouse_threads = 1;
    std::uint64_t warehouse_memory_mb = 1024;
    DeliveryOptions deliveries;
    ChannelOptions channels;
    ModelOptions model;          // of messages; off without a url
    std::string model_key_file;  // holds the key of its server on one line; none when empty
    std::function<void(const server::Access&)> access_log;
};

// Opens everything in order and stops it in reverse. Made and stopped by one thread.
class Instance {
  public:
    // Serves as soon as this returns. In an empty folder it makes the organisation "altis" and the
    // first admin key, kept in <directory>/admin.key (mode 0600).
    static Result<std::unique_ptr<Instance>> start(const Machine& machine,
                                                   const InstanceOptions& options);
    ~Instance();

    std::uint16_t port() const { return http_->port(); }
    Core& core() { return *core_; }

    // Stops accepting, finishes what is under way, writes a snapshot. Idempotent.
    void stop();

  private:
    Instance() = default;
    Result<void> open_books(const Machine& machine, const InstanceOptions& options);
    Result<void> open_treasuries(const Machine& machine, const std::string& directory);
    Result<void> finish_interrupted_erasures();
    Result<void> open_channels(const Machine& machine, const ChannelOptions& options);
    Result<void> open_model(const Machine& machine, const InstanceOptions& options);
    Result<void> open_doors(const Machine& machine, const InstanceOptions& options);

    Secrets secrets_;
    KeyCache keys_;
    std::unique_ptr<cleanroom::TreasuryFiles> treasury_files_;
    std::unique_ptr<Treasuries> treasuries_;
    std::unique_ptr<Background> background_;
    std::unique_ptr<Core> core_;
    std::unique_ptr<Projector> projector_;
    std::unique_ptr<Dispatcher> dispatcher_;
    std::unique_ptr<Postman> postman_;
    std::unique_ptr<ChannelSender> sender_;
    std::unique_ptr<InAppStreams> in_app_;
    std::unique_ptr<ModelDesk> model_;
    std::unique_ptr<SendClock> send_clock_;
    std::shared_ptr<server::StreamHub> streams_;
    std::unique_ptr<LiveFeed> feed_;
    std::unique_ptr<LivePages> pages_;
    std::shared_ptr<server::Metrics> metrics_;
    std::unique_ptr<Deliveries> deliveries_;
    std::unique_ptr<Later> later_;
    std::unique_ptr<StatementGate> statements_;
    std::unique_ptr<Services> services_;
    std::unique_ptr<Retention> retention_;
    std::unique_ptr<server::HttpServer> http_;
};

}  // namespace altis::service
