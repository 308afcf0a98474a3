#include "results/rsc_table.h"

#include <algorithm>

#include "codec/csv.h"

namespace altis::results {
namespace {

constexpr std::size_t kEventCharacters = 22;

bool is_letter_or_digit(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

struct Columns {
    std::size_t discipline, gender, event, old;
};

Result<Columns> find_columns(const codec::CsvReader& csv) {
    Columns columns{};
    TRY(columns.discipline, csv.column("Discipline"));
    TRY(columns.gender, csv.column("Gender"));
    TRY(columns.event, csv.column("Event"));
    TRY(columns.old, csv.column("Old DDGEEE"));
    return columns;
}

}  // namespace

Result<OldRsc> OldRsc::parse(std::string_view text) {
    if (text.size() != kOldRscCharacters) {
        return fail(Code::kInvalid, "rsc.wrong_length",
                    "a code of the old generation has " + std::to_string(text.size()) +
                        " characters instead of 9, such as ASM010101");
    }
    const bool plain = std::all_of(text.begin(), text.end(), is_letter_or_digit);
    if (!plain || std::string_view("MWX0").find(text[2]) == std::string_view::npos) {
        return fail(Code::kInvalid, "rsc.malformed",
                    "a code of the old generation is no discipline of two, gender M, W, X or 0, "
                    "and six letters or digits, such as ASM010101");
    }
    return OldRsc(text);
}

Result<RscTable> RscTable::load(std::string_view text) {
    TRY(codec::CsvReader csv, codec::CsvReader::create(text));
    TRY(const Columns columns, find_columns(csv));
    RscTable table;
    std::vector<std::string> fields;
    for (;;) {
        TRY(const bool more, csv.next(fields));
        if (!more) return table;
        const std::string& old = fields[columns.old];
        if (old.empty()) continue;
        TRY_VOID(OldRsc::parse(old + "000"));
        std::string code =
            fields[columns.discipline] + fields[columns.gender] + fields[columns.event];
        code.resize(std::max(code.size(), kRscCharacters), '-');
        TRY(const Rsc rsc, Rsc::parse(code));
        if (!table.new_of_.emplace(old, rsc.text()).second) {
            return fail(Code::kConflict, "rsc.table_ambiguous",
                        "line " + std::to_string(csv.line()) + " of the list gives " + old +
                            " a second event; keep one of them");
        }
        table.old_of_.emplace(rsc.text().substr(0, kEventCharacters), old);
    }
}

Result<Rsc> RscTable::event_of(const OldRsc& old) const {
    const auto found = new_of_.find(old.event());
    if (found == new_of_.end()) {
        return fail(Code::kNotFound, "rsc.unknown_old",
                    "the list has no event with the old code " + std::string(old.event()) +
                        "; load the list of the Games that it comes from");
    }
    if (!old.names_event()) {
        return fail(Code::kInvalid, "rsc.unit_untranslated",
                    "the old code " + old.text() +
                        " names a phase or unit, which has no code of today; translate the event " +
                        std::string(old.event()) + "000");
    }
    return Rsc::parse(found->second);
}

Result<OldRsc> RscTable::old_of(const Rsc& rsc) const {
    const auto found = old_of_.find(std::string_view(rsc.text()).substr(0, kEventCharacters));
    if (found == old_of_.end()) {
        return fail(Code::kNotFound, "rsc.unknown_new",
                    "the list has no old code for " + rsc.text() +
                        "; the event may be newer than the old codes");
    }
    return OldRsc::parse(found->second + "000");
}

}  // namespace altis::results
