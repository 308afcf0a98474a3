#include "service/dispatcher.h"

#include <algorithm>

#include "service/live_streams.h"

namespace altis::service {
namespace {

using messages::Fact;
using messages::FactKind;

constexpr std::size_t kChunk = 256;  // messages in one turn: others wait at most some milliseconds

// Figure skating's segments, by the phase of the unit: what the templates call them.
std::string_view skating_phase(std::string_view unit) {
    if (!unit.starts_with("FSK")) return {};
    const std::string_view phase = unit.substr(22, 4);
    if (phase == "FNL-") return "free_skate";
    if (phase == "QUAL") return "short_program";
    return {};
}

std::string_view segment_score(const results::FactLine& line, std::string_view phase) {
    const auto found = line.extended.find(phase == "free_skate" ? "FREE" : "SHORT");
    return found == line.extended.end() ? std::string_view() : found->second;
}

// The facts that a message about this line may state.
messages::FactRecord facts_of(const results::FactLine& line, std::string_view phase,
                              std::string_view link) {
    const auto fact = [&line](const char* slot, FactKind kind, std::string_view text) {
        Fact made;
        made.name = slot;
        made.kind = kind;
        made.text = text;
        made.unit = kind == FactKind::kDecimal ? "points" : "";
        made.key = kind == FactKind::kName ? line.competitor : "";
        made.source = line.fact_id;
        made.version = line.version;
        made.status = messages::FactStatus::kOfficial;
        return made;
    };
    messages::FactRecord facts = {fact("athlete", FactKind::kName, line.name),
                                  fact("score", FactKind::kDecimal, segment_score(line, phase)),
                                  fact("total", FactKind::kDecimal, line.result),
                                  fact("phase", FactKind::kText, phase),
                                  fact("rank", FactKind::kRank, std::to_string(line.rank)),
                                  fact("link", FactKind::kLink, link)};
    if (!line.medal.empty()) facts.push_back(fact("medal", FactKind::kMedal, line.medal));
    return facts;
}

// What is told and to whom; without its facts and texts.
messages::Plan plan_of(const results::FactLine& line, const std::string& campaign,
                       const std::string& cohort) {
    messages::Plan plan;
    plan.trigger = "results/" + line.edition + "/" + line.unit;
    plan.unit = line.unit;
    plan.competitor = line.competitor;
    plan.cohort = cohort;
    plan.edition = line.edition;
    plan.campaign = campaign;
    plan.fact = line.fact_id;
    plan.version = line.version;
    return plan;
}

bool can_be_told(const results::FactLine& line, std::string_view phase) {
    return line.status == results::ResultStatus::kOfficial && line.rank > 0 && line.irm.empty() &&
           !line.name.empty() && !segment_score(line, phase).empty();
}

int rank_of(const messages::Plan& plan) {
    const Fact* rank = messages::find_fact(plan.facts, "rank");
    return rank == nullptr ? 0 : std::atoi(rank->text.c_str());
}

}  // namespace

Result<std::unique_ptr<Dispatcher>> Dispatcher::create(server::StreamHub& streams,
                                                       const Secrets& secrets) {
    TRY(auto catalogue, messages::standard_catalogue());
    TRY(auto composer, messages::Composer::load(std::move(catalogue)));
    return std::unique_ptr<Dispatcher>(new Dispatcher(std::move(composer), streams, secrets));
}

void Dispatcher::plan(Turn& turn, const results::UnitKey& unit) {
    const auto plans = plans_for(turn.world(), unit);
    stop_outdated(turn, unit);
    for (const messages::Plan& plan : plans)
        static_cast<void>(turn.commit(turn.world().messages.plan(plan)));
    wake(turn);
}

std::vector<messages::Plan> Dispatcher::plans_for(const World& world,
                                                  const results::UnitKey& unit) const {
    std::vector<messages::Plan> plans;
    const std::string_view phase = skating_phase(unit.rsc);
    if (phase.empty()) return plans;
    const auto lines = world.results.facts(unit);
    for (const auto& [id, campaign] : world.campaigns.campaigns()) {
        if (campaign.audience.empty()) continue;
        for (const results::FactLine& line : lines) {
            if (line.edition != campaign.edition || !can_be_told(line, phase)) continue;
            auto plan = plan_of(line, id, campaign.audience);
            if (complete(plan, world, facts_of(line, phase, campaign.link)))
                plans.push_back(std::move(plan));
        }
    }
    return plans;
}

bool Dispatcher::complete(messages::Plan& plan, const World& world,
                          messages::FactRecord facts) const {
    if (world.messages.telling(plan) == messages::TellingState::kTold) return false;
    const bool has_medal = messages::find_fact(facts, "medal") != nullptr;
    auto texts = composer_.compose({has_medal ? "skate_medal" : "skate_rank", plan.cohort}, facts,
                                   world.names.aliases());
    if (!texts) return false;  // better no message than one that the gate refuses
    plan.facts = std::move(facts);
    plan.texts = std::move(*texts);
    return true;
}

// What is no longer the official truth must not be told to anybody else.
void Dispatcher::stop_outdated(Turn& turn, const results::UnitKey& unit) {
    const World& world = turn.world();
    const auto lines = world.results.facts(unit);
    const bool is_official =
        !lines.empty() && lines.front().status == results::ResultStatus::kOfficial;
    for (const std::string& id : world.messages.pending()) {
        const messages::Plan* plan = world.messages.find_plan(id);
        if (plan->edition != unit.edition || plan->unit != unit.rsc) continue;
        if (is_official && plan->version == lines.front().version) continue;
        static_cast<void>(turn.commit(world.messages.finish(id)));
        if (id == current_) current_.clear();
    }
}

void Dispatcher::wake(Turn& turn) {
    if (running_ || turn.world().messages.pending().empty()) return;
    running_ = true;
    turn.then(TaskKind::kWrite, [this](Turn& next) { step(next); });
}

void Dispatcher::step(Turn& turn) {
    if (turn.is_stopping()) return;  // the next start goes on
    if (current_.empty()) choose_plan(turn);
    if (!current_.empty()) send_chunk(turn);
    running_ = false;
    wake(turn);
}

// Of one publication the best-ranked competitor comes first: whoever follows several is told about
// that one.
void Dispatcher::choose_plan(Turn& turn) {
    const auto& book = turn.world().messages;
    const messages::Plan* best = nullptr;
    for (const std::string& id : book.pending()) {
        const messages::Plan* plan = book.find_plan(id);
        const bool better = best == nullptr || plan->trigger < best->trigger ||
                            (plan->trigger == best->trigger && rank_of(*plan) < rank_of(*best));
        if (better) best = plan;
    }
    if (best == nullptr) return;
    current_ = messages::plan_id(*best);
    recipients_ = recipients_of(turn, *best);
    next_ = 0;
}

std::vector<messages::Recipient> Dispatcher::recipients_of(Turn& turn,
                                                           const messages::Plan& plan) const {
    const World& world = turn.world();
    std::vector<messages::Recipient> recipients;
    const auto* segment = world.fans.segment(plan.cohort);
    if (segment == nullptr) return recipients;
    fans::FanSet audience = *segment->members;
    audience &= world.fans.followers(plan.competitor);

    const market::Campaign* campaign = world.campaigns.campaign(plan.campaign);
    rights::Access access;
    access.actor = "dispatcher";
    access.organisation = campaign == nullptr ? std::string() : campaign->organisation;
    access.purpose = rights::Purpose::kMessages;
    access.edition = plan.edition;
    const auto verdict = world.rights.decide(access, turn.now());
    for (const SubjectId fan : audience.members()) {
        if (!verdict.allowed) break;
        const std::string_view user = world.fans.user_id(fan);
        if (user.empty() || !world.has_consent(fan, rights::Purpose::kMessages, plan.edition)) {
            continue;
        }
        recipients.push_back(
            {fan, std::string(user), std::string(world.fans.language(fan)), verdict.rule});
    }
    turn.commit(std::vector{rights::decision_draft(access, verdict, recipients.size())});
    return recipients;
}

// Asked again just before sending: consent may have been withdrawn, the fan erased or joined with
// another one since the list was made. Of a fan's subjects, any may have got a message already.
bool Dispatcher::may_get(const World& world, const messages::Plan& plan,
                         const messages::Recipient& recipient) {
    if (!world.fans.is_fan(recipient.subject)) return false;
    if (!world.has_consent(recipient.subject, rights::Purpose::kMessages, plan.edition)) {
        return false;
    }
    return std::ranges::none_of(world.fans.subjects(recipient.subject), [&](SubjectId subject) {
        return world.messages.has_received(plan.trigger, subject);
    });
}

void Dispatcher::send_chunk(Turn& turn) {
    const std::size_t end = std::min(next_ + kChunk, recipients_.size());
    const World& world = turn.world();
    const messages::Plan* plan = world.messages.find_plan(current_);
    std::vector<messages::Recipient> chunk;
    for (; next_ < end; ++next_) {
        if (may_get(world, *plan, recipients_[next_])) chunk.push_back(recipients_[next_]);
    }
    auto drafts = world.messages.send(current_, chunk, secrets_.message_ids);
    if (drafts) send(turn, std::move(*drafts), plan->edition);
    if (next_ < recipients_.size()) return;
    static_cast<void>(turn.commit(world.messages.finish(current_)));
    current_.clear();
}

void Dispatcher::send(Turn& turn, std::vector<journal::Draft> drafts,
                      std::string_view edition) const {
    std::vector<std::pair<std::string, SubjectId>> events;
    events.reserve(drafts.size());
    for (const journal::Draft& draft : drafts) {
        events.emplace_back(message_event(turn.world().messages, draft.payload), draft.subject);
    }
    const journal::Offset first = turn.commit(std::move(drafts));
    turn.after_durable([&streams = streams_, stream = message_stream(edition), first,
                        events = std::move(events)](const Result<void>& outcome) {
        if (!outcome) return;
        for (std::size_t i = 0; i < events.size(); ++i) {
            const auto& [event, subject] = events[i];
            // A client that cannot keep up is dropped by the hub and resumes by id.
            static_cast<void>(
                streams.publish(stream, first + i, "message", event, to_number(subject)));
        }
    });
}

}  // namespace altis::service
