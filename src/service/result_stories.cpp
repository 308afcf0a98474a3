#include "service/result_stories.h"

#include "codec/text.h"
#include "crypto/hash.h"
#include "results/rsc.h"
#include "service/season_history.h"

namespace altis::service {
namespace {

using messages::Fact;
using messages::FactKind;
using messages::FactRecord;

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

std::optional<Measured> segment_points(const results::FactLine& line) {
    const auto value = Decimal::parse(segment_score(line, skating_phase(line.unit)));
    if (!value) return std::nullopt;
    return Measured{*value, "points"};
}

// As the codes of the edition name it, else as the schedule does, else its code.
std::string event_name(const World& world, const results::UnitKey& unit) {
    const auto rsc = results::Rsc::parse(unit.rsc);
    const auto names = rsc ? world.codes.names_of(unit.edition, *rsc, "ENG") : results::UnitNames();
    std::string name = names.event;
    const std::string& part = names.unit.empty() ? names.phase : names.unit;
    if (!name.empty() && !part.empty()) name.append(", ").append(part);
    if (!name.empty()) return name.substr(0, messages::kMaxNameBytes);
    const results::Unit* known = world.results.find_unit(unit);
    return known == nullptr || known->name.empty() ? unit.rsc : known->name;
}

// Makes facts of one source.
struct Maker {
    std::string source;
    std::int64_t version;
    std::string hash = {};  // of the record in the log of facts

    Fact operator()(const char* slot, FactKind kind, std::string_view text,
                    std::string_view key = {}) const {
        Fact fact;
        fact.name = slot;
        fact.kind = kind;
        fact.text = text;
        fact.unit = kind == FactKind::kDecimal ? "points" : "";
        fact.key = key;
        fact.source = source;
        fact.version = version;
        fact.status = messages::FactStatus::kOfficial;
        fact.hash = hash;
        return fact;
    }
};

// Of one line of a result.
Maker maker_of(const World& world, const results::FactLine& line) {
    Maker maker{line.fact_id, line.version};
    const auto index = world.fact_log.index_of(line.offset);
    if (index) maker.hash = codec::to_hex(crypto::as_text(world.fact_log.tree().leaves()[*index]));
    return maker;
}

results::UnitKey unit_of(const results::FactLine& line) {
    return {line.edition, line.unit};
}

// The entry of the register by which the line's result is a record of a type and stands; null when
// there is none, or when it equals the one before.
const results::RecordEntry* record_by(const World& world, const results::FactLine& line,
                                      std::string_view type) {
    const results::RecordMarksBook& register_ = world.record_marks;
    for (const results::RecordClass& of : register_.classes({line.unit, type, {}})) {
        if (!of.scope.empty()) continue;
        for (const results::RecordEntry* entry : register_.standing(of, {})) {
            const results::RecordMark& mark = entry->mark;
            if (mark.edition == line.edition && mark.unit == line.unit &&
                mark.competitor == line.competitor && mark.result == line.result &&
                register_.effect(*entry, {}) == "broken") {
                return entry;
            }
        }
    }
    return nullptr;
}

// What stood before a record of the class was set.
std::vector<messages::ProofRow> beaten_by(const World& world, const results::RecordEntry& entry) {
    std::vector<messages::ProofRow> rows;
    const results::Moment before{Time{entry.mark.set_at.us - 1}, results::kEndOfTime};
    for (const auto* old : world.record_marks.standing(entry.mark.of, before)) {
        if (rows.size() + 1 == messages::kMaxProofRows) break;
        rows.push_back({"records/" + std::to_string(old->number), 0, old->mark.value()});
    }
    return rows;
}

// A world or Olympic record that the result has set, as the register has it now: proved by the
// result, the entry and what it beat.
std::optional<Fact> record_claim(const World& world, const results::FactLine& line,
                                 const Maker& fact) {
    struct Type {
        std::string_view code;
        std::string_view claim;
    };
    constexpr Type kTypes[] = {{"WR", "world_record"}, {"OR", "olympic_record"}};
    for (const Type& type : kTypes) {
        const results::RecordEntry* const entry = record_by(world, line, type.code);
        if (entry == nullptr) continue;
        const auto status = results::RecordMarksBook::status_at(*entry, {});
        const bool is_pending = status != results::RecordStatus::kRatified;
        Fact claim = fact("record", FactKind::kClaim,
                          std::string(type.claim) + (is_pending ? "_pending" : ""));
        claim.proof = beaten_by(world, *entry);
        claim.proof.insert(claim.proof.begin(), {line.fact_id, line.version, entry->mark.value()});
        return claim;
    }
    return std::nullopt;
}

}  // namespace

bool can_be_told(const results::FactLine& line) {
    return line.status == results::ResultStatus::kOfficial && line.rank > 0 && line.irm.empty() &&
           !line.name.empty();
}

ToldStory result_story(const World& world, const results::FactLine& line, std::string_view link) {
    const Maker fact = maker_of(world, line);
    FactRecord facts = {fact("athlete", FactKind::kName, line.name, line.competitor),
                        fact("event", FactKind::kName, event_name(world, unit_of(line))),
                        fact("rank", FactKind::kRank, std::to_string(line.rank)),
                        fact("link", FactKind::kLink, link)};
    if (!line.medal.empty()) facts.push_back(fact("medal", FactKind::kMedal, line.medal));
    const std::string_view phase = skating_phase(line.unit);
    const bool is_skating = !phase.empty() && !segment_score(line, phase).empty();
    if (is_skating) {
        facts.push_back(fact("score", FactKind::kDecimal, segment_score(line, phase)));
        facts.push_back(fact("total", FactKind::kDecimal, line.result));
        facts.push_back(fact("phase", FactKind::kText, phase));
    }
    if (!is_skating) {
        const auto record = record_claim(world, line, fact);
        if (!record) return {std::move(facts), line.medal.empty() ? "rank" : "medal"};
        facts.push_back(*record);
        return {std::move(facts), line.medal.empty() ? "rank_record" : "medal_record"};
    }
    const auto best = season_best(world, line, segment_points);
    if (!best || best->proof.size() > messages::kMaxProofRows)
        return {std::move(facts), line.medal.empty() ? "skate_rank" : "skate_medal"};
    facts.push_back(messages::claim_fact(*best, "best"));
    facts.back().hash = fact.hash;
    return {std::move(facts), line.medal.empty() ? "skate_rank_best" : "skate_medal_best"};
}

ToldStory withdrawn_story(const World& world, const results::FactLine& line,
                          std::string_view link) {
    const Maker fact = maker_of(world, line);
    return {{fact("athlete", FactKind::kName, line.name, line.competitor),
             fact("event", FactKind::kName, event_name(world, unit_of(line))),
             fact("link", FactKind::kLink, link)},
            "withdrawn"};
}

ToldStory missing_story(const World& world, const messages::Plan& told) {
    const auto lines = world.results.facts({told.edition, told.unit});
    ToldStory story{{}, "withdrawn"};
    for (const char* slot : {"athlete", "event", "link"}) {
        const Fact* fact = messages::find_fact(told.facts, slot);
        if (fact == nullptr) continue;
        story.facts.push_back(*fact);
        if (lines.empty()) continue;
        // The record that no longer has the competitor.
        const Maker now = maker_of(world, lines.front());
        story.facts.back().source = now.source;
        story.facts.back().version = now.version;
        story.facts.back().hash = now.hash;
    }
    return story;
}

ToldStory decided_story(const World& world, const results::UnitKey& unit, std::string_view link) {
    const Maker fact{"results/" + unit.edition + "/" + unit.rsc, 0};
    return {{fact("event", FactKind::kName, event_name(world, unit)),
             fact("link", FactKind::kLink, link)},
            "decided"};
}

ToldStory correction_story(const ToldStory& now, const FactRecord& told) {
    struct Figure {
        const char* slot;
        const char* old_slot;
        std::string_view story;
    };
    constexpr Figure kFigures[] = {{"score", "old_score", "corrected_score"},
                                   {"rank", "old_rank", "corrected_rank"}};
    for (const Figure& figure : kFigures) {
        const Fact* fresh = messages::find_fact(now.facts, figure.slot);
        const Fact* old = messages::find_fact(told, figure.slot);
        if (fresh == nullptr || old == nullptr || fresh->text == old->text) continue;
        ToldStory correction{now.facts, figure.story};
        correction.facts.push_back(*old);
        correction.facts.back().name = figure.old_slot;
        return correction;
    }
    return now;
}

}  // namespace altis::service
