#include "service/dispatcher.h"

#include <algorithm>

#include "codec/json.h"

namespace altis::service {
namespace {

using codec::Json;
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
    TRY(auto composer, messages::Composer::load(messages::standard_catalogue()));
    return std::unique_ptr<Dispatcher>(new Dispatcher(std::move(composer), streams, secrets));
}

void Dispatcher::plan(Turn& turn, std::string_view unit) {
    const World& world = turn.world();
    const std::string_view phase = skating_phase(unit);
    if (phase.empty()) return;
    const auto lines = world.results.facts(unit);
    for (const auto& [id, campaign] : world.campaigns.campaigns()) {
        if (campaign.audience.empty()) continue;
        for (const results::FactLine& line : lines) {
            if (line.edition != campaign.edition || !can_be_told(line, phase)) continue;
            const auto facts = facts_of(line, phase, campaign.link);
            auto texts = composer_.compose(line.medal.empty() ? "skate_rank" : "skate_medal",
                                           campaign.audience, facts, world.names.aliases());
            if (!texts) continue;  // better no message than one that the gate refuses
            messages::Plan plan;
            plan.trigger = line.fact_id;
            plan.unit = line.unit;
            plan.competitor = line.competitor;
            plan.cohort = campaign.audience;
            plan.edition = line.edition;
            plan.campaign = id;
            plan.fact = line.fact_id;
            plan.version = line.version;
            plan.texts = std::move(*texts);
            plan.facts = facts;
            static_cast<void>(turn.commit(world.messages.plan(plan)));
        }
    }
    if (!running_) {
        running_ = true;
        turn.then([this](Turn& next) { step(next); });
    }
}

void Dispatcher::step(Turn& turn) {
    running_ = true;
    if (current_.empty()) choose_plan(turn);
    if (current_.empty()) {
        running_ = false;
        return;
    }
    send_chunk(turn);
    turn.then([this](Turn& next) { step(next); });
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
    fans::FanSet audience = segment->members;
    audience &= world.fans.followers(plan.competitor);

    rights::Access access;
    access.actor = "dispatcher";
    access.organisation = world.rights.owner(rights::Category::kFanEngagement, plan.edition);
    access.purpose = rights::Purpose::kMessages;
    access.edition = plan.edition;
    const auto overall = world.rights.decide(access, turn.now());
    for (const SubjectId fan : audience.members()) {
        access.subject = fan;
        const auto verdict = world.rights.decide(access, turn.now());
        const std::string_view user = world.fans.user_id(fan);
        if (!verdict.allowed || user.empty()) continue;
        recipients.push_back(
            {fan, std::string(user), std::string(world.fans.language(fan)), verdict.rule});
    }
    access.subject = kNoSubject;
    turn.commit(std::vector{rights::decision_draft(access, overall, recipients.size())});
    return recipients;
}

void Dispatcher::send_chunk(Turn& turn) {
    const auto first = recipients_.begin() + static_cast<std::ptrdiff_t>(next_);
    const std::size_t count = std::min(kChunk, recipients_.size() - next_);
    // Consent may have been withdrawn since the list was made.
    std::vector<messages::Recipient> chunk;
    const World& world = turn.world();
    const messages::Plan* plan = world.messages.find_plan(current_);
    for (auto it = first; it != first + static_cast<std::ptrdiff_t>(count); ++it) {
        const bool still =
            world.fans.is_fan(it->subject) &&
            world.rights.has_consent(it->subject, rights::Purpose::kMessages, plan->edition);
        if (still) chunk.push_back(*it);
    }
    next_ += count;
    auto drafts = world.messages.send(current_, chunk, secrets_.message_ids);
    if (drafts) {
        std::vector<SubjectId> sent_to;
        for (const journal::Draft& draft : *drafts)
            sent_to.push_back(draft.subject);
        const journal::Offset offset = turn.commit(std::move(*drafts));
        publish(turn, chunk, offset, sent_to);
    }
    if (next_ < recipients_.size()) return;
    static_cast<void>(turn.commit(world.messages.finish(current_)));
    current_.clear();
}

void Dispatcher::publish(Turn& turn, const std::vector<messages::Recipient>& chunk,
                         journal::Offset first, const std::vector<SubjectId>& sent_to) const {
    const messages::Plan* plan = turn.world().messages.find_plan(current_);
    const Fact* link = messages::find_fact(plan->facts, "link");
    std::vector<std::string> events;
    for (const SubjectId subject : sent_to) {
        const auto recipient = std::ranges::find(chunk, subject, &messages::Recipient::subject);
        const auto own = plan->texts.find(recipient->language);
        const auto text = own != plan->texts.end()
                              ? own
                              : plan->texts.find(std::string(messages::kFallbackLanguage));
        events.push_back(Json::object({{"id", messages::message_id(secrets_.message_ids,
                                                                   plan->trigger, subject)},
                                       {"user", recipient->user},
                                       {"language", text->first},
                                       {"text", text->second},
                                       {"link", link == nullptr ? std::string() : link->text},
                                       {"unit", plan->unit},
                                       {"fact", plan->fact}})
                             .to_string());
    }
    turn.after_durable(
        [&streams = streams_, first, events = std::move(events)](const Result<void>& outcome) {
            if (!outcome) return;
            for (std::size_t i = 0; i < events.size(); ++i) {
                // A client that cannot keep up is dropped by the hub and resumes by id.
                static_cast<void>(streams.publish(kMessageStream, first + i, "message", events[i]));
            }
        });
}

}  // namespace altis::service
