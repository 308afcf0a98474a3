// The codes before 2016, nine characters: "ASM010101" is discipline, gender, event, phase, unit.
// Which event of today that is stands in the code lists of a Games, as data.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "results/rsc.h"

namespace altis::results {

constexpr std::size_t kOldRscCharacters = 9;

// A code of the old generation that has been checked.
class OldRsc {
  public:
    // Accepts two letters or digits, a gender of M, W, X or 0 (no event), and six letters or
    // digits. Fails with "rsc.wrong_length" or "rsc.malformed".
    static Result<OldRsc> parse(std::string_view text);

    const std::string& text() const { return text_; }
    std::string_view event() const { return std::string_view(text_).substr(0, 6); }
    char phase() const { return text_[6]; }
    std::string_view unit() const { return std::string_view(text_).substr(7); }
    bool names_event() const { return std::string_view(text_).ends_with("000"); }

    friend bool operator==(const OldRsc&, const OldRsc&) = default;

  private:
    explicit OldRsc(std::string_view text) : text_(text) {}
    std::string text_;
};

// Old and new codes of events. Immutable once loaded.
class RscTable {
  public:
    // Reads a list of events as CSV with the columns Discipline, Gender, Event and "Old DDGEEE".
    // Rows without an old code are left out. Fails with the reasons of the CSV reader, "rsc.*", or
    // "rsc.table_ambiguous" (one old code for two events).
    static Result<RscTable> load(std::string_view csv);

    // The event's code of 34 characters. A phase or unit is not translated, for its old number
    // means something else in every sport: "rsc.unit_untranslated". "rsc.unknown_old" when the list
    // has no such event.
    Result<Rsc> event_of(const OldRsc& old) const;
    // The old code of a new event, with "000" behind it; "rsc.unknown_new" when there is none.
    Result<OldRsc> old_of(const Rsc& rsc) const;

    std::size_t size() const { return new_of_.size(); }

  private:
    std::map<std::string, std::string, std::less<>> new_of_;  // 34 characters by 6
    std::map<std::string, std::string, std::less<>> old_of_;  // 6 by the first 22
};

}  // namespace altis::results
