#include "answers/table.h"

#include <algorithm>
#include <array>
#include <set>

#include "answers/words.h"

namespace altis::answers {
namespace {

bool is_digit(char letter) {
    return letter >= '0' && letter <= '9';
}

// The number sign by sign: "1,332.5" or "2:03:59.1", and what stands behind it.
struct Numeral {
    std::string digits;  // without group separators
    std::vector<std::string> clock;
    char behind = ' ';
};

std::optional<Numeral> numeral_of(std::string_view text) {
    std::size_t at = 0;
    const auto letter = [&](std::size_t index) { return index < text.size() ? text[index] : ' '; };
    while (letter(at) == ' ' && at < text.size())
        ++at;
    if ((letter(at) == '+' || letter(at) == '=' || letter(at) == '#')) ++at;
    if (!is_digit(letter(at)) && !(letter(at) == '.' && is_digit(letter(at + 1)))) return {};
    Numeral numeral;
    bool point = false;
    for (; at < text.size(); ++at) {
        if (is_digit(letter(at))) {
            numeral.digits += letter(at);
        } else if (letter(at) == ',' && is_digit(letter(at + 1)) && is_digit(letter(at + 2)) &&
                   is_digit(letter(at + 3)) && !is_digit(letter(at + 4))) {
            continue;
        } else if (letter(at) == ',' && is_digit(letter(at + 1)) && !point) {
            point = true;
            numeral.digits += '.';
        } else if (letter(at) == '.' && is_digit(letter(at + 1)) && !point) {
            point = true;
            if (numeral.digits.empty()) numeral.digits = "0";
            numeral.digits += '.';
        } else if (letter(at) == ':' && is_digit(letter(at + 1)) && !point) {
            numeral.clock.push_back(std::move(numeral.digits));
            numeral.digits.clear();
        } else {
            break;
        }
    }
    numeral.behind = letter(at);
    return numeral;
}

struct HeaderWords {
    ColumnKind kind;
    std::vector<std::string_view> words;
};

const std::vector<HeaderWords>& header_words() {
    static const std::vector<HeaderWords> kWords = {
        {ColumnKind::kRank, {"rank", "ranking", "pos", "position", "#"}},
        {ColumnKind::kPerson,
         {"name",   "names",   "athlete",  "athletes", "competitor", "competitors", "swimmer",
          "diver",  "rider",   "skater",   "player",   "bearer",     "runner",      "gymnast",
          "skier",  "cyclist", "wrestler", "boxer",    "archer",     "shooter",     "rower",
          "fencer", "judoka",  "lifter",   "winner"}},
        {ColumnKind::kCountry,
         {"nation", "country", "nationality", "team", "noc", "state", "delegation"}},
        {ColumnKind::kPlace, {"city", "location", "venue", "place", "stadium", "town"}},
        {ColumnKind::kDate, {"year", "date", "dates", "day"}},
        {ColumnKind::kTime, {"time"}},
        {ColumnKind::kGold, {"gold"}},
        {ColumnKind::kSilver, {"silver"}},
        {ColumnKind::kBronze, {"bronze"}},
        {ColumnKind::kTotal, {"total"}},
        {ColumnKind::kMedal, {"medal"}},
        {ColumnKind::kScore, {"points", "score", "result", "mark", "height", "distance"}},
    };
    return kWords;
}

std::optional<ColumnKind> kind_of_header(const std::vector<std::string>& header) {
    for (const auto& [kind, names] : header_words()) {
        for (const auto& word : header)
            if (std::find(names.begin(), names.end(), word) != names.end()) return kind;
    }
    return std::nullopt;
}

bool is_year(const Cell& cell) {
    return cell.number && cell.number->scale() == 0 && cell.number->digits() >= 1850 &&
           cell.number->digits() <= 2100 && cell.text.size() == 4;
}

bool is_bare_number(const Cell& cell) {
    return cell.number && cell.text.find_first_not_of("0123456789.,+:") == std::string::npos;
}

// What the cells look like, whatever the header says.
struct Looks {
    std::size_t filled = 0;
    std::size_t numbers = 0;
    std::size_t bare = 0;  // nothing but a number
    std::size_t clocks = 0;
    std::size_t years = 0;
};

Looks looks_of(const Table& table, std::size_t column) {
    Looks looks;
    for (const auto& row : table.rows) {
        const auto& cell = row.cells[column];
        if (cell.text.empty() || cell.text == "-") continue;
        ++looks.filled;
        looks.numbers += cell.number ? 1 : 0;
        looks.bare += is_bare_number(cell) ? 1 : 0;
        looks.clocks += begins_with_clock(cell.text) ? 1 : 0;
        looks.years += is_year(cell) ? 1 : 0;
    }
    return looks;
}

ColumnKind kind_of_column(const Table& table, std::size_t column) {
    const auto looks = looks_of(table, column);
    const auto header = kind_of_header(words(table.columns[column].title));
    const auto most = [&](std::size_t some) {
        return looks.filled > 0 && some * 3 >= looks.filled * 2;
    };
    if (most(looks.years)) return ColumnKind::kDate;
    if (looks.filled > 0 && looks.clocks * 2 >= looks.filled) return ColumnKind::kTime;
    const bool numeric = looks.filled > 0 && looks.numbers * 2 >= looks.filled;
    if (header == ColumnKind::kDate) return ColumnKind::kDate;
    if (header == ColumnKind::kPlace && most(looks.numbers)) return ColumnKind::kRank;
    if (header && (is_amount(*header) || *header == ColumnKind::kRank)) {
        if (*header == ColumnKind::kRank) return ColumnKind::kRank;
        return numeric ? *header : ColumnKind::kText;
    }
    if (header && !most(looks.numbers)) return *header;
    return most(looks.bare) ? ColumnKind::kNumber : ColumnKind::kText;
}

// Medals drawn as pictures leave the first ranks blank: 3 blanks before a 4 are 1, 2, 3.
void count_blank_ranks(Table& table, std::size_t column) {
    static constexpr std::array<std::string_view, 3> kMedals = {"gold", "silver", "bronze"};
    std::size_t blanks = 0;
    while (blanks < table.rows.size() && table.rows[blanks].cells[column].text.empty())
        ++blanks;
    const bool counted_on = blanks > 0 && blanks < table.rows.size() &&
                            table.rows[blanks].cells[column].number ==
                                Decimal(static_cast<std::int64_t>(blanks) + 1, 0);
    for (std::size_t row = 0; counted_on && row < blanks; ++row)
        table.rows[row].cells[column].number = Decimal(static_cast<std::int64_t>(row) + 1, 0);
    for (auto& row : table.rows) {
        const auto word = words(row.cells[column].text);
        for (std::size_t medal = 0; medal < kMedals.size(); ++medal) {
            if (word.size() == 1 && word[0] == kMedals[medal])
                row.cells[column].number = Decimal(static_cast<std::int64_t>(medal) + 1, 0);
        }
    }
}

bool is_total(const Row& row) {
    static const std::set<std::string, std::less<>> kTotals = {"total", "totals", "average", "sum"};
    for (const auto& cell : row.cells) {
        if (cell.text.empty() || cell.number) continue;
        const auto word = words(cell.text);
        return !word.empty() && kTotals.contains(word[0]);
    }
    return false;
}

// A note across the table: one long text in most of its cells.
bool is_note(const Row& row) {
    if (row.cells.size() < 3) return false;
    const auto& text = row.cells.back().text;
    const auto same = std::count_if(row.cells.begin(), row.cells.end(),
                                    [&](const Cell& cell) { return cell.text == text; });
    return text.size() > 20 && static_cast<std::size_t>(same) + 1 >= row.cells.size();
}

// "Nelli Cooman (NED)": the code of three capitals at the end of a line.
std::string_view code_in_brackets(std::string_view text) {
    const auto line = text.substr(0, text.find('\n'));
    if (line.size() < 6 || line.back() != ')' || line[line.size() - 5] != '(') return {};
    const auto code = line.substr(line.size() - 4, 3);
    const bool capitals = std::all_of(code.begin(), code.end(),
                                      [](char letter) { return letter >= 'A' && letter <= 'Z'; });
    return capitals ? code : std::string_view{};
}

void add_bracket_countries(Table& table) {
    const auto has = [&](ColumnKind kind) {
        return std::any_of(table.columns.begin(), table.columns.end(),
                           [&](const Column& column) { return column.kind == kind; });
    };
    if (has(ColumnKind::kCountry) || table.columns.size() >= kMaxTableColumns) return;
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
        if (table.columns[column].kind != ColumnKind::kPerson) continue;
        std::vector<std::string> codes;
        std::size_t found = 0;
        for (const auto& row : table.rows) {
            codes.emplace_back(code_in_brackets(row.cells[column].text));
            found += codes.back().empty() ? 0 : 1;
        }
        if (found == 0 || found * 4 < table.rows.size() * 3) continue;
        table.columns.push_back({"", ColumnKind::kCountry});
        for (std::size_t row = 0; row < table.rows.size(); ++row)
            table.rows[row].cells.push_back({std::move(codes[row])});
        return;
    }
}

// A team and below it, line by line, who is in it: the people become a column of their own.
void add_team_members(Table& table) {
    for (const auto& column : table.columns)
        if (column.kind == ColumnKind::kPerson) return;
    for (std::size_t at = 0; at < table.columns.size(); ++at) {
        if (table.columns[at].kind != ColumnKind::kCountry) continue;
        if (table.columns.size() >= kMaxTableColumns) return;
        std::vector<std::string> people;
        bool any = false;
        for (auto& row : table.rows) {
            auto& text = row.cells[at].text;
            const auto end = text.find('\n');
            people.push_back(end == std::string::npos ? "" : text.substr(end + 1));
            any = any || !people.back().empty();
            text.resize(std::min(end, text.size()));
        }
        if (!any) return;
        table.columns.push_back({"", ColumnKind::kPerson});
        for (std::size_t row = 0; row < table.rows.size(); ++row)
            table.rows[row].cells.push_back({std::move(people[row])});
        return;
    }
}

}  // namespace

bool is_amount(ColumnKind kind) {
    switch (kind) {
        case ColumnKind::kNumber:
        case ColumnKind::kScore:
        case ColumnKind::kTime:
        case ColumnKind::kGold:
        case ColumnKind::kSilver:
        case ColumnKind::kBronze:
        case ColumnKind::kTotal:
            return true;
        default:
            return false;
    }
}

std::optional<Decimal> leading_number(std::string_view text) {
    auto numeral = numeral_of(text);
    if (!numeral || numeral->digits.empty()) return std::nullopt;
    const auto behind = static_cast<unsigned char>(numeral->behind);
    if (behind >= 0x80 || std::isalpha(behind) != 0) return std::nullopt;
    const auto last = Decimal::parse(numeral->digits);
    const bool has_point = numeral->digits.find('.') != std::string::npos;
    const auto digits = numeral->digits.size() - (has_point ? 1 : 0);
    const bool in_range = last && digits <= kMaxNumberDigits && last->scale() <= kMaxNumberScale &&
                          numeral->clock.size() <= 2;
    if (!in_range) return std::nullopt;
    std::int64_t minutes = 0;
    for (const auto& part : numeral->clock) {
        const auto value = Decimal::parse(part);
        if (!value || part.size() > 4) return std::nullopt;
        minutes = minutes * 60 + value->digits();
    }
    if (numeral->clock.empty()) return *last;
    return *last + Decimal(minutes * 60, 0);
}

bool begins_with_clock(std::string_view text) {
    const auto numeral = numeral_of(text);
    return numeral && !numeral->clock.empty();
}

Result<Table> table_from_texts(std::string_view title, std::vector<std::string> headers,
                               const std::vector<std::vector<std::string>>& rows) {
    if (headers.empty() || headers.size() > kMaxTableColumns || rows.size() > kMaxTableRows)
        return fail(Code::kTooLarge, "answers.table_too_large", "a table needs 1 to 64 columns");
    Table table;
    table.title = title;
    for (auto& header : headers)
        table.columns.push_back({std::move(header)});
    for (const auto& texts : rows) {
        if (texts.size() != table.columns.size())
            return fail(Code::kInvalid, "answers.table_malformed", "a row has another width");
        Row row;
        for (const auto& text : texts) {
            if (text.size() > kMaxCellBytes)
                return fail(Code::kInvalid, "answers.table_malformed", "a cell is too long");
            row.cells.push_back({text, leading_number(text)});
        }
        if (!is_total(row) && !is_note(row)) table.rows.push_back(std::move(row));
    }
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
        table.columns[column].kind = kind_of_column(table, column);
        if (table.columns[column].kind == ColumnKind::kRank) count_blank_ranks(table, column);
    }
    add_bracket_countries(table);
    add_team_members(table);
    return table;
}

}  // namespace altis::answers
