// The RSC: the 34-character code of a discipline, event, phase or unit, e.g.
// "FSKWSINGLES-----------FNL-000100--". Fixed fields, each padded on the right with '-'.
#pragma once

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "results/model.h"

namespace altis::results {

constexpr std::size_t kRscCharacters = 34;

// A code that has been checked. Views it gives live as long as the object.
class Rsc {
  public:
    // Accepts exactly 34 characters of A-Z, 0-9, '.' and '-', with a discipline of three and a
    // gender of M, W, X, O or '-' (no event). Fails with "rsc.wrong_length" (says how many there
    // are) or "rsc.malformed" (says which part).
    static Result<Rsc> parse(std::string_view text);

    const std::string& text() const { return text_; }
    std::string_view discipline() const { return part(0, 3); }
    char gender() const { return text_[3]; }
    // The parts below come without their padding, so they may be empty.
    std::string_view event_type() const { return part(4, 8); }
    std::string_view modifier() const { return part(12, 10); }
    std::string_view phase() const { return part(22, 4); }
    std::string_view unit() const { return part(26, 8); }

    // Discipline, gender, event type and modifier without the padding behind: "FSKWSINGLES".
    std::string_view event_code() const { return part(0, 22); }

    // True when it names a unit (and not a whole phase, event or discipline).
    bool names_unit() const { return !unit().empty(); }

    friend auto operator<=>(const Rsc&, const Rsc&) = default;

  private:
    explicit Rsc(std::string_view text) : text_(text) {}
    std::string_view part(std::size_t begin, std::size_t size) const;

    std::string text_;
};

// The same with one known defect put right and named in `warnings`: one '-' missing at the end
// ("rsc.padded"), or the discipline and '_' before the code ("rsc.prefix_removed"), as in
// "ATH_ATHMDECATH------------------------". Fails as `Rsc::parse`.
Result<Rsc> repair_rsc(std::string_view text, std::vector<Warning>& warnings);

}  // namespace altis::results
