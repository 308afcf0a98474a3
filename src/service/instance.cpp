#include "service/instance.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "codec/text.h"
#include "service/live_streams.h"
#include "service/telling_log.h"

namespace altis::service {
namespace {

constexpr std::string_view kFirstKey = "first-admin";
constexpr std::string_view kOperator = "altis";

std::string admin_key_path(const std::string& directory) {
    return directory + "/admin.key";
}

// The operator's organisation and its admin key, in one group.
Result<void> commit_first_key(Turn& turn, const std::string& secret) {
    const auto& book = turn.world().rights;
    rights::Organisation operator_organisation{std::string(kOperator), "Operator of this Altis",
                                               "operator", turn.next_subject()};
    TRY_VOID(turn.commit(book.register_organisation(operator_organisation)));
    rights::ApiKey key;
    key.id = kFirstKey;
    key.organisation = kOperator;
    key.scopes = {"admin"};
    key.secret_hash = codec::to_hex(crypto::as_text(crypto::sha256(secret)));
    TRY_VOID(turn.commit(book.issue_key(key)));
    return {};
}

// The file is written first: a key that nobody can read would lock everybody out.
Result<void> make_first_key(const Machine& machine, Core& core, const std::string& directory) {
    bool is_empty = false;
    TRY_VOID(core.run(TaskKind::kRead, [&is_empty](Turn& turn) {
        is_empty = turn.world().rights.organisations().empty();
    }));
    if (!is_empty) return {};
    const std::string secret = new_api_secret(machine.random);
    const std::string path = admin_key_path(directory);
    TRY_VOID(platform::write_file_atomically(machine.files, path, secret + "\n"));
    std::error_code error;
    std::filesystem::permissions(
        path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, error);
    if (error) {
        return fail(Code::kUnavailable, "file.permission", "cannot protect " + path);
    }
    Result<void> made;
    TRY_VOID(core.run(TaskKind::kWrite,
                      [&made, &secret](Turn& turn) { made = commit_first_key(turn, secret); }));
    return made;
}

server::Router all_routes(Services& services, Retention& retention) {
    server::Router router;
    for (const auto add : {
             add_ingest_routes,      add_dialect_routes,       add_rights_routes,
             add_fans_routes,        add_fan_page_routes,      add_exports_routes,
             add_dead_letter_routes, add_treasury_routes,      add_rooms_routes,
             add_activation_routes,  add_results_routes,       add_medals_routes,
             add_rules_routes,       add_answers_routes,       add_fact_log_routes,
             add_people_routes,      add_persons_routes,       add_records_routes,
             add_schedule_routes,    add_feed_routes,          add_live_routes,
             add_messages_routes,    add_subscriptions_routes, add_market_routes,
             add_system_routes,      add_sql_routes,           add_mcp_routes,
             add_console_routes,
         }) {
        add(router, services);
    }
    add_retention_routes(router, services, retention);
    return router;
}

}  // namespace

Result<std::unique_ptr<Instance>> Instance::start(const Machine& machine,
                                                  const InstanceOptions& options) {
    std::unique_ptr<Instance> instance(new Instance());
    TRY_VOID(instance->open_books(machine, options));
    TRY_VOID(instance->open_doors(machine, options));
    return instance;
}

Result<void> Instance::open_books(const Machine& machine, const InstanceOptions& options) {
    CoreOptions core_options;
    core_options.directory = options.directory;
    core_options.snapshot_every_records = options.snapshot_every_records;
    core_options.journal_segment_bytes = options.journal_segment_bytes;
    TRY(core_, Core::open(machine, core_options));
    TRY(secrets_, read_secrets(core_->vault()));
    TRY_VOID(make_first_key(machine, *core_, options.directory));
    warehouse::DuckdbOptions warehouse_options;
    warehouse_options.folder = options.directory + "/warehouse";
    warehouse_options.threads = options.warehouse_threads;
    warehouse_options.memory_limit_mb = options.warehouse_memory_mb;
    TRY(projector_, Projector::start(machine.files, core_->journal(), warehouse_options));
    background_ = std::make_unique<Background>();
    TRY_VOID(open_treasuries(machine, options.directory));
    return finish_interrupted_erasures();
}

Result<void> Instance::open_treasuries(const Machine& machine, const std::string& directory) {
    treasury_files_ = std::make_unique<cleanroom::TreasuryFiles>(
        machine.files, directory + "/treasury", core_->vault());
    treasuries_ =
        std::make_unique<Treasuries>(*treasury_files_, secrets_.ingest.email, machine.random);
    Result<void> begun;
    TRY_VOID(core_->run(TaskKind::kRead, [this, &begun](Turn& turn) {
        begun = treasuries_->begin(turn.world().treasury);
    }));
    TRY_VOID(begun);
    treasuries_->open_all(*background_);
    return {};
}

// The keys and snapshots are done already: the core does them before it runs.
Result<void> Instance::finish_interrupted_erasures() {
    std::vector<SubjectId> forgotten;
    TRY_VOID(core_->run(TaskKind::kRead, [&forgotten](Turn& turn) {
        const auto& subjects = turn.world().fans.forgotten_subjects();
        forgotten.assign(subjects.begin(), subjects.end());
    }));
    // A failure is a state of the warehouse that it reports itself; the next start tries again.
    background_->post([projector = projector_.get(), forgotten = std::move(forgotten)] {
        static_cast<void>(projector->finish_erasures(forgotten));
    });
    return {};
}

Result<void> Instance::open_channels(const Machine& machine, const ChannelOptions& options) {
    TRY(postman_, Postman::open(machine.files, options, secrets_));
    sender_ =
        std::make_unique<ChannelSender>(*core_, *postman_, options.sender, options.first_retry);
    in_app_ = std::make_unique<InAppStreams>(*streams_, secrets_);
    dispatcher_->on_decided([this](Turn& turn, std::span<const std::string> decided) {
        sender_->expect(turn, decided);
        in_app_->expect(turn, decided);
    });
    return {};
}

// The key is read from a file, so that it stands in no configuration that somebody shows around.
Result<void> Instance::open_model(const Machine& machine, const InstanceOptions& options) {
    if (options.model.server.url.empty()) return {};
    ModelOptions model = options.model;
    if (!options.model_key_file.empty()) {
        TRY(model.server.key, platform::read_file(machine.files, options.model_key_file));
        while (model.server.key.ends_with('\n') || model.server.key.ends_with('\r'))
            model.server.key.pop_back();
    }
    TRY(model_, ModelDesk::start(std::move(model)));
    return dispatcher_->use_model(*model_, *core_);
}

Result<void> Instance::open_doors(const Machine& machine, const InstanceOptions& options) {
    server::StreamLimits stream_limits;
    stream_limits.streams += kMaxInAppStreams;
    streams_ = std::make_shared<server::StreamHub>(stream_limits);
    metrics_ = std::make_shared<server::Metrics>();
    TRY(dispatcher_, Dispatcher::create(*streams_, secrets_));
    TRY_VOID(open_channels(machine, options.channels));
    TRY_VOID(open_model(machine, options));
    // On a full disk they stay as they are until the next start; nothing depends on it.
    static_cast<void>(core_->run(TaskKind::kWrite, fail_interrupted_deliveries));
    deliveries_ = std::make_unique<Deliveries>(*core_, secrets_, options.deliveries);
    later_ = std::make_unique<Later>();
    statements_ = std::make_unique<StatementGate>();
    feed_ = std::make_unique<LiveFeed>(
        *streams_, machine.clock,
        [log = std::make_shared<TellingLog>(*core_)](results::feed::Tellings tellings) {
            log->add(std::move(tellings));
        });
    pages_ = std::make_unique<LivePages>(*core_, *feed_, *streams_, machine.clock);
    services_ = std::make_unique<Services>(Services{*core_, *streams_, *feed_, *pages_, *metrics_,
                                                    *projector_, *dispatcher_, keys_, *background_,
                                                    *deliveries_, *treasuries_, *later_,
                                                    *statements_, *postman_, *in_app_, secrets_});
    server::ServerOptions server_options;
    server_options.address = options.address;
    server_options.port = options.port;
    server_options.threads = options.threads;
    server_options.clock = &machine.clock;
    server_options.streams = streams_;
    server_options.metrics = metrics_;
    server_options.access_log = options.access_log;
    retention_ = std::make_unique<Retention>(*services_, machine.clock);
    TRY(http_,
        server::HttpServer::create(std::move(server_options), all_routes(*services_, *retention_)));
    TRY_VOID(refill_streams(*core_, *streams_));
    TRY_VOID(core_->run(TaskKind::kRead, [feed = feed_.get()](Turn& turn) {
        for (auto& news : news_of(turn.world().results, turn.now()))
            feed->publish(std::move(news));
    }));
    TRY_VOID(open_live_pages(*core_, *pages_));
    // Messages that were planned before the last stop.
    TRY_VOID(core_->run(TaskKind::kRead, [this](Turn& turn) {
        sender_->resume(turn);
        dispatcher_->wake(turn);
    }));
    send_clock_ = std::make_unique<SendClock>(*core_, *dispatcher_, *sender_, machine.clock);
    http_->start();
    return {};
}

Instance::~Instance() {
    stop();
}

void Instance::stop() {
    if (http_) http_->stop();
    send_clock_.reset();
    // What channels say of what is under way is still written down.
    if (postman_) postman_->stop();
    if (model_) model_->stop();
    // What is being delivered still asks the core before each attempt.
    if (deliveries_) deliveries_->stop();
    // The core first: its last tasks may still hand jobs to the background thread, whose own last
    // tasks the core then refuses.
    if (core_) core_->stop();
    background_.reset();
    statements_.reset();
    later_.reset();
    retention_.reset();
    feed_.reset();
    if (projector_) projector_->stop();
}

}  // namespace altis::service
