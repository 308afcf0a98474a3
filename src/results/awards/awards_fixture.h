// For tests of the medal register: its books side by side over one journal in memory, and the real
// data beside the checkout.
#pragma once

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "codec/compress.h"
#include "results/awards/gatekeeper.h"
#include "results/awards/history_import.h"
#include "results/results_fixture.h"

namespace altis::results::fixture {

// The books that a medal goes through, applied in the order of a process.
class Registry {
  public:
    ResultsBook results;
    AwardsBook awards{results};
    HeldBook held;
    Time clock = now();

    Registry() = default;
    Registry(const Registry&) = delete;
    Registry& operator=(const Registry&) = delete;

    GateBooks books() const { return {results, awards, held}; }

    // Applies the drafts a second later and says how many; the reason of a refusal stays.
    std::size_t take(journal::Decision decision) {
        refusal = decision ? "" : decision.error().reason;
        if (!decision) return 0;
        clock = clock + seconds(1);
        for (journal::Draft& draft : *decision)
            apply(std::move(draft));
        return decision->size();
    }

    void open_edition(std::string_view id) {
        take(std::vector<journal::Draft>{{"rights.edition_opened", std::string(id), kNoSubject,
                                          codec::Json::object({{"id", id}}).to_string()}});
    }

    // What admits a message or page; true when it is published, false when held or refused.
    template <class Arriving>
    bool send(const Arriving& arriving, std::string_view key = "source") {
        auto admission = admit(books(), arriving, {key, clock});
        refusal = admission ? "" : admission.error().reason;
        doubts.clear();
        if (!admission) return false;
        doubts = admission->doubts;
        const bool is_held = admission->is_held();
        take(std::move(admission->drafts));
        return !is_held;
    }

    // The same records again, into other books.
    void replay(Registry& other) const {
        for (const auto& [time, draft] : log) {
            other.clock = time;
            other.apply(draft);
        }
    }

    std::string refusal;
    std::vector<Warning> doubts;
    std::vector<std::pair<Time, journal::Draft>> log;

  private:
    void apply(journal::Draft draft) {
        log.emplace_back(clock, std::move(draft));
        const journal::Draft& kept = log.back().second;
        journal::Record record;
        record.offset = log.size();
        record.time = clock;
        record.type = kept.type;
        record.topic = kept.topic;
        record.payload = kept.payload;
        for (journal::Book* book :
             {static_cast<journal::Book*>(&results), static_cast<journal::Book*>(&awards),
              static_cast<journal::Book*>(&held)}) {
            book->apply(record);
        }
    }
};

inline Award medal_of(Medal medal, std::string_view organisation, std::string_view name,
                      AwardStatus status = AwardStatus::kHeld) {
    Award award;
    award.medal = medal;
    award.status = status;
    award.organisation = organisation;
    award.name = name;
    return award;
}

inline Time at(std::string_view text) {
    const auto time = parse_rfc3339(text);
    ALTIS_ASSERT(time.has_value());
    return *time;
}

// "G CHEBET/KEN, S KIPYEGON/KEN": medals that count, in order of the list.
inline std::string text_of(const std::vector<const AwardVersion*>& lists) {
    std::string text;
    for (const AwardVersion* version : lists) {
        for (const Award& award : version->list.awards) {
            if (!text.empty()) text += ", ";
            text += static_cast<char>(to_string(award.medal).front() - 'a' + 'A');
            text += award.organisation.empty() ? "" : " " + award.organisation;
            if (award.status != AwardStatus::kHeld) {
                text += " " + std::string(to_string(award.status));
            }
        }
    }
    return text;
}

inline std::string counts_text(const MedalTable& table, std::string_view organisation) {
    for (const MedalRow& row : table.rows) {
        if (row.organisation != organisation) continue;
        return std::to_string(row.medals[0]) + "-" + std::to_string(row.medals[1]) + "-" +
               std::to_string(row.medals[2]);
    }
    return "none";
}

// A file of the real results data, unpacked; none where it is not there.
inline std::optional<std::string> real_data(std::string_view name) {
    const char* shared = std::getenv("ALTIS_SHARED");
    const std::string path = std::string(shared != nullptr ? shared : "../shared") +
                             "/data/results/" + std::string(name);
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    std::string bytes{std::istreambuf_iterator<char>(file), {}};
    if (!codec::looks_like_gzip(bytes)) return bytes;
    auto text = codec::gunzip(bytes, kMaxHistoryBytes);
    ALTIS_ASSERT(text.has_value());
    return *std::move(text);
}

}  // namespace altis::results::fixture
