#include "service/segment_export.h"

#include <algorithm>
#include <utility>

#include "service/access.h"

namespace altis::service {
namespace {

// One export on its way through its turns.
class Collector {
  public:
    Collector(server::Responder respond, OnPrepared then)
        : respond_(std::move(respond)), then_(std::move(then)) {}

    // Reads the order and takes the members as they are now.
    Result<void> begin(Call& call, const ExportOrder& order);
    // Looks at the next fans. Core thread.
    static void step(Turn& turn, const std::shared_ptr<Collector>& self);

  private:
    Result<void> read(Call& call, const ExportOrder& order);
    const fans::ExportState& state(const World& world) const {
        return world.exports.state(made_->line);
    }
    // One step; true when all is collected.
    Result<bool> collect(const World& world);
    void add_member(const World& world, SubjectId fan);
    void add_left(const World& world, SubjectId fan);
    void drop_erased(const World& world);
    Result<void> offer(Turn& turn);

    server::Responder respond_;
    OnPrepared then_;
    std::shared_ptr<PreparedExport> made_ = std::make_shared<PreparedExport>();
    std::vector<SubjectId> members_;
    std::vector<SubjectId> left_;
    std::size_t next_member_ = 0;
    std::size_t next_left_ = 0;
    bool knows_left_ = false;
    fans::FanSet now_;           // members who consent
    journal::Offset seen_ = 0;   // state of the line that the changes refer to
    std::size_t forgotten_ = 0;  // subjects that were forgotten when the request came
};

Result<void> Collector::read(Call& call, const ExportOrder& order) {
    const auto purpose = rights::parse_purpose(order.purpose);
    if (!purpose) {
        return fail(Code::kInvalid, "rights.unknown_purpose",
                    "name what the export is for, e.g. purpose=messages");
    }
    if (!order.since.empty() && order.since != "last") {
        return fail(Code::kInvalid, "request.bad_since",
                    "since must be last, or left out for all members");
    }
    ExportSpec& spec = made_->spec;
    TRY(spec.format, parse_export_format(order.format));
    spec.organisation = call.caller.organisation;
    spec.edition = edition_of(call);
    spec.purpose = *purpose;
    spec.scope = order.since.empty() ? ExportScope::kAll : ExportScope::kChanges;
    made_->line = {spec.organisation, spec.edition, order.segment, *purpose, order.url};
    made_->access = access_of(call, rights::Category::kFanEngagement, spec.purpose, spec.edition);
    return {};
}

Result<void> Collector::begin(Call& call, const ExportOrder& order) {
    TRY_VOID(read(call, order));
    const World& world = call.turn.world();
    const auto* const segment = world.fans.segment(order.segment);
    const std::uint64_t size = segment == nullptr ? 0 : segment->members->size();
    TRY_VOID(require_access_on_record(call, made_->access, size));
    if (segment == nullptr) {
        return fail(Code::kNotFound, "fans.unknown_segment",
                    "there is no cohort or segment of this id; GET /v1/segments lists them");
    }
    if (size > kMaxExportRows) {
        return fail(Code::kTooLarge, "fans.export_too_large",
                    "the segment has " + std::to_string(size) + " fans, an export at most " +
                        std::to_string(kMaxExportRows) + "; define smaller segments");
    }
    ExportSpec& spec = made_->spec;
    const auto owner = world.rights.owner(rights::Category::kFanEngagement, spec.edition);
    spec.reader = owner == spec.organisation ? ExportReader::kOwner : ExportReader::kOther;
    members_ = segment->members->members();
    seen_ = state(world).changed_at;
    forgotten_ = world.fans.forgotten_subjects().size();
    return {};
}

// A member may have withdrawn or be gone since the request began.
void Collector::add_member(const World& world, SubjectId fan) {
    const ExportSpec& spec = made_->spec;
    if (!world.fans.is_fan(fan)) return;
    const auto consent = world.rights.consent(world.fans.subjects(fan), spec.purpose, spec.edition);
    if (!consent || !consent->given) return;
    now_.add(fan);
    if (spec.scope == ExportScope::kChanges && state(world).surely.contains(fan)) return;
    made_->rows.push_back({fan, Change::kEntered, consent, std::string(world.fans.user_id(fan))});
}

// Of a fan that is part of another by now, the person is that one.
void Collector::add_left(const World& world, SubjectId fan) {
    const ExportSpec& spec = made_->spec;
    ExportRow row{fan, Change::kLeft, std::nullopt, {}};
    const SubjectId person = world.fans.fan_of(fan);
    if (person != kNoSubject) {
        row.consent = world.rights.consent(world.fans.subjects(person), spec.purpose, spec.edition);
    }
    if (person == fan) row.user_id = world.fans.user_id(fan);
    made_->rows.push_back(std::move(row));
}

Result<bool> Collector::collect(const World& world) {
    const bool tells_changes = made_->spec.scope == ExportScope::kChanges;
    if (tells_changes && state(world).changed_at != seen_) {
        return fail(Code::kConflict, "exports.overtaken",
                    "another export of the same segment to the same receiver came in between; "
                    "ask again");
    }
    const std::size_t end = std::min(next_member_ + kExportStepRows, members_.size());
    for (; next_member_ < end; ++next_member_)
        add_member(world, members_[next_member_]);
    if (end < members_.size()) return false;
    if (!knows_left_) {
        knows_left_ = true;
        if (tells_changes) left_ = (state(world).maybe - now_).members();
    }
    const std::size_t left_end = std::min(next_left_ + kExportStepRows, left_.size());
    for (; next_left_ < left_end; ++next_left_)
        add_left(world, left_[next_left_]);
    return left_end == left_.size();
}

void Collector::drop_erased(const World& world) {
    const auto& forgotten = world.fans.forgotten_subjects();
    if (forgotten.size() == forgotten_) return;
    std::erase_if(made_->rows, [&](const ExportRow& row) { return forgotten.contains(row.fan); });
    for (const SubjectId fan : now_.members())
        if (forgotten.contains(fan)) now_.remove(fan);
}

Result<void> Collector::offer(Turn& turn) {
    const World& world = turn.world();
    const ExportSpec& spec = made_->spec;
    drop_erased(world);
    const fans::ExportState& before = state(world);
    const bool tells_changes = spec.scope == ExportScope::kChanges;
    if (tells_changes && before.erased > 0)
        made_->rows.push_back({kNoSubject, Change::kErased, std::nullopt, {}, before.erased});
    const fans::ExportOffer offer{made_->line, std::string(to_string(spec.format)), tells_changes,
                                  made_->rows.size(), now_};
    const journal::Offset seen = tells_changes ? seen_ : before.changed_at;
    const auto* const organisation = world.rights.organisation(spec.organisation);
    TRY(made_->number,
        turn.commit(world.exports.decide_offer(offer, seen, organisation->treasury)));
    then_(turn, made_);
    return {};
}

void Collector::step(Turn& turn, const std::shared_ptr<Collector>& self) {
    const auto answer = [&self, &turn](const Error& error) {
        respond_when_durable(turn, self->respond_, server::problem(error));
    };
    const auto is_done = self->collect(turn.world());
    if (!is_done) return answer(is_done.error());
    if (*is_done) {
        const auto offered = self->offer(turn);
        return offered ? void() : answer(offered.error());
    }
    turn.then(
        TaskKind::kWrite, [self](Turn& next) { step(next, self); },
        [self](const Error& error) { self->respond_(server::problem(error)); });
}

server::Response response_of(const PreparedExport& made, const crypto::Digest& tags) {
    auto text = write_export(made.spec, made.rows, tags);
    if (!text) return server::problem(text.error());
    auto response = server::text_response(200, std::string(content_type_of(made.spec.format)),
                                          std::move(*text));
    response.headers.emplace_back("Altis-Export", std::to_string(made.number));
    return response;
}

}  // namespace

Result<void> prepare_export(Call& call, const ExportOrder& order, const server::Responder& respond,
                            OnPrepared then) {
    const auto collector = std::make_shared<Collector>(respond, std::move(then));
    TRY_VOID(collector->begin(call, order));
    Collector::step(call.turn, collector);
    return {};
}

Result<void> export_segment(Call& call, Services& services, const server::Responder& respond) {
    const auto& request = call.request;
    const ExportOrder order{std::string(request.parameter("id")),
                            std::string(request.query_value("purpose")),
                            std::string(request.query_value("format")),
                            std::string(request.query_value("since")),
                            {}};
    const auto write = [&services, respond](const std::shared_ptr<const PreparedExport>& made) {
        services.background.post([&tags = services.secrets.exports, respond, made] {
            respond(response_of(*made, tags));
        });
    };
    return prepare_export(
        call, order, respond,
        [write, respond](Turn& turn, std::shared_ptr<const PreparedExport> made) {
            turn.after_durable([write, respond, made = std::move(made)](const Result<void>& done) {
                done ? write(made) : respond(server::problem(done.error()));
            });
        });
}

}  // namespace altis::service
