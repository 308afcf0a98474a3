#include "service/season_history.h"

#include <algorithm>

#include "results/rsc.h"

namespace altis::service {
namespace {

using messages::History;

// Of an RSC: the discipline; discipline, gender, event and phase.
constexpr std::size_t kDisciplineBytes = 3;
constexpr std::size_t kPhaseEnd = 26;
constexpr std::string_view kDayText = "2026-02-19";

tl::unexpected<Error> incomplete(const std::string& what) {
    return fail(Code::kDenied, "claims.history_incomplete",
                "the season's history does not hold all of '" + what + "'");
}

// Days since 1970 of a sender's time; nothing when it has none.
std::optional<std::int64_t> day_of(std::string_view written) {
    const auto time = parse_rfc3339(written.substr(0, kDayText.size()));
    if (!time) return std::nullopt;
    return time->us / days(1).us;
}

// Gathers the season of one competitor in one event and phase.
class Season {
  public:
    Season(const World& world, const results::FactLine& line, Measure measure)
        : world_(world), line_(line), measure_(measure) {}

    Result<messages::Claim> best() {
        const auto rsc = results::Rsc::parse(line_.unit);
        if (!rsc) return tl::unexpected<Error>(rsc.error());
        const auto rules = world_.results.rules().in_force(line_.edition).for_unit(*rsc);
        if (!rules.season) return incomplete("its calendar");
        TRY(person_, person_of(line_));
        TRY_VOID(find_day());
        history_.known_from = rules.season->from;
        std::vector<std::string> editions = rules.season->editions;
        if (std::ranges::find(editions, line_.edition) == editions.end())
            editions.push_back(line_.edition);
        for (const std::string& edition : editions)
            TRY_VOID(add_edition(edition));
        messages::ClaimQuestion question;
        question.kind = messages::ClaimKind::kSeasonBest;
        question.source = line_.fact_id;
        question.from = rules.season->from;
        question.better = better(rules);
        return messages::prove(question, history_);
    }

  private:
    static messages::BetterIs better(const results::UnitRules& rules) {
        const results::ValueRule* const points = rules.value("POINTS");
        const bool is_lower = points != nullptr && points->better == results::Better::kLower;
        return is_lower ? messages::BetterIs::kLower : messages::BetterIs::kHigher;
    }

    Result<void> find_day() {
        const auto* publication = world_.results.current({line_.edition, line_.unit});
        const auto day = publication == nullptr ? std::nullopt : day_of(publication->written);
        if (!day) return incomplete(line_.edition);
        day_ = *day;
        return {};
    }

    // The id that a federation gave; without one the same person may be another in the store.
    Result<std::string> person_of(const results::FactLine& line) const {
        const std::string id =
            line.edition + "/" + line.unit.substr(0, kDisciplineBytes) + "/" + line.competitor;
        const auto person = world_.persons.person(id);
        const bool has_federation_id =
            person && std::ranges::any_of(person->appearances, [](const auto* appearance) {
                return !appearance->federation_id.empty();
            });
        if (!has_federation_id || !person->contradictions.empty()) return incomplete(line.edition);
        return person->id;
    }

    // All competitions count as one of today: of two results of a season nobody needs to know which
    // was first, and the day on which a correction was written says nothing.
    Result<void> add_edition(const std::string& edition) {
        bool has_units = false;
        for (const results::UnitKey& unit : world_.results.units_of(edition)) {
            if (!is_comparable(unit.rsc)) continue;
            has_units = true;
            TRY_VOID(add_unit(unit));
        }
        if (!has_units) return incomplete(edition);
        history_.competitions.push_back({edition, day_, true});
        return {};
    }

    bool is_comparable(std::string_view rsc) const {
        return rsc.substr(0, kPhaseEnd) == std::string_view(line_.unit).substr(0, kPhaseEnd);
    }

    Result<void> add_unit(const results::UnitKey& unit) {
        const auto lines = world_.results.facts(unit);
        if (lines.empty()) return incomplete(unit.edition);
        for (const results::FactLine& line : lines) {
            if (line.status != results::ResultStatus::kOfficial) return incomplete(unit.edition);
            TRY(const std::string person, person_of(line));
            if (person != person_) continue;
            const auto measured = measure_(line);
            if (!measured) continue;  // did not finish
            history_.rows.push_back({line.fact_id, line.version, messages::FactStatus::kOfficial,
                                     person, line_.unit.substr(0, kPhaseEnd), measured->unit,
                                     line.edition, measured->value});
        }
        return {};
    }

    const World& world_;
    const results::FactLine& line_;
    Measure measure_;
    std::string person_;
    std::int64_t day_ = 0;
    History history_;
};

}  // namespace

Result<messages::Claim> season_best(const World& world, const results::FactLine& line,
                                    Measure measure) {
    return Season(world, line, measure).best();
}

}  // namespace altis::service
