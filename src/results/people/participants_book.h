// The participants book: who takes part in each edition, in what, and what is told about them.
//
// Lists may arrive in any order: each entry remembers when its list was written, and the newest
// wins. Nobody is erased; who is missing in a later whole list of the discipline is marked as left.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "journal/book.h"
#include "results/people/people_odf.h"

namespace altis::results {

namespace records {

// The topic of each of them is the edition.
constexpr std::string_view kEntered = "results.participant_entered";
constexpr std::string_view kLeft = "results.participant_left";
constexpr std::string_view kListTaken = "results.participants_listed";
constexpr std::string_view kBiography = "results.biography_published";
constexpr std::string_view kBiographyWithdrawn = "results.biography_withdrawn";

}  // namespace records

constexpr std::string_view kAllDisciplines = "GEN";  // of a list of the whole Games

constexpr std::size_t kMaxEntryWarnings = 100;  // about one start list
// A whole list that lacks more than this share of those it had is a broken source, not a change.
constexpr std::size_t kMaxLeavingPercent = 10;
constexpr std::size_t kMaxLeavingAnyway = 10;  // entries; so few may always go

// Narrows a list of entrants; empty texts mean all.
struct EntrantFilter {
    std::string_view discipline;
    std::string_view event;  // a beginning of its RSC
    std::string_view organisation;
    std::string_view type;  // "A", "O", "T" or "G"
};

// Which of the two lists that a discipline has.
enum class ListOf : std::uint8_t { kPersons, kTeams };

class ParticipantsBook final : public journal::Book {
  public:
    // ---- commands -------------------------------------------------------------------------------

    // Takes a list or an update. No draft for what is known or older than what is known. Fails with
    // "results.unknown_edition", the reasons of `check_odf_header`, or
    // "results.participants_shrink" (over kMaxLeavingPercent are missing).
    journal::Decision receive(const EntrantList& list, Time now) const;
    // Takes biographies, or the withdrawal of one version. No draft for a duplicate. Fails with
    // "results.unknown_edition", "results.stale_version" (this version is there with other content)
    // or "results.version_unknown".
    journal::Decision receive(const std::vector<Biography>& biographies) const;

    // ---- questions ------------------------------------------------------------------------------

    const Entrant* find(std::string_view edition, std::string_view code) const;
    // In order of their codes.
    std::vector<const Entrant*> list(std::string_view edition, const EntrantFilter& filter) const;
    // Everybody who is entered in a discipline now, as a list that may be sent: dated like the
    // newest of what it says, with that discipline's entries alone. A whole list when one ever
    // came, else an update, which claims nothing of others. Nothing for a discipline that no list
    // was about and that nobody was ever entered in.
    std::optional<EntrantList> current_list(std::string_view edition, std::string_view discipline,
                                            ListOf of) const;
    bool knows_edition(std::string_view edition) const { return editions_.contains(edition); }
    // The newest version in a language that is not withdrawn; null when there is none.
    const Biography* biography(std::string_view edition, BiographyOf of, std::string_view code,
                               std::string_view language) const;
    // The same in every language, in their order.
    std::vector<const Biography*> biographies(std::string_view edition, BiographyOf of,
                                              std::string_view code) const;
    // What contradicts the participants in lines of a unit: "participants.unknown",
    // "participants.left", "participants.organisation_differs", "participants.not_entered",
    // "participants.not_in_team". Nothing before a whole list of the discipline came; at
    // most kMaxEntryWarnings.
    std::vector<Warning> check_lines(std::string_view edition, std::string_view rsc,
                                     const std::vector<ResultLine>& lines) const;

    // ---- journal::Book --------------------------------------------------------------------------
    std::string_view name() const override { return "participants"; }
    void apply(const journal::Record& record) override;
    void save(ByteWriter& out) const override;
    Result<void> load(ByteReader& in) override;

  private:
    using ListKey = std::pair<bool, std::string>;                            // of teams, discipline
    using BiographyKey = std::tuple<BiographyOf, std::string, std::string>;  // code, language
    using BiographyVersions = std::map<std::int64_t, Biography>;
    struct Edition {
        std::map<std::string, Entrant, std::less<>> entrants;
        std::map<ListKey, std::string> lists;  // when the newest whole list was written
        std::map<BiographyKey, BiographyVersions> biographies;
    };

    Result<const Edition*> known_edition(std::string_view id) const;
    static std::vector<const Entrant*> leaving(const Edition& edition, const EntrantList& list);
    static void merge(Entrant& known, const Entrant& news);
    void apply_left(Edition& edition, const codec::Json& json);

    std::map<std::string, Edition, std::less<>> editions_;
};

}  // namespace altis::results
