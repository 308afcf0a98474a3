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

class NumeralReader {
  public:
    explicit NumeralReader(std::string_view text) : text_(text) {}

    std::optional<Numeral> read() {
        while (letter(0) == ' ' && at_ < text_.size())
            ++at_;
        if (letter(0) == '+' || letter(0) == '=' || letter(0) == '#') ++at_;
        if (!is_digit(letter(0)) && !(letter(0) == '.' && is_digit(letter(1)))) return {};
        while (at_ < text_.size() && step())
            ++at_;
        numeral_.behind = letter(0);
        return std::move(numeral_);
    }

  private:
    char letter(std::size_t ahead) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : ' ';
    }

    // Takes one sign; false where the number has ended.
    bool step() {
        const char sign = letter(0);
        if (is_digit(sign)) {
            numeral_.digits += sign;
            return true;
        }
        if (!is_digit(letter(1))) return false;
        if (sign == ',' && separates_groups()) return true;
        if (point_) return false;
        if (sign == ',' || sign == '.') {
            begin_fraction();
            return true;
        }
        if (sign != ':') return false;
        numeral_.clock.push_back(std::move(numeral_.digits));
        numeral_.digits.clear();
        return true;
    }

    bool separates_groups() const {
        return is_digit(letter(1)) && is_digit(letter(2)) && is_digit(letter(3)) &&
               !is_digit(letter(4));
    }

    void begin_fraction() {
        point_ = true;
        if (numeral_.digits.empty()) numeral_.digits = "0";
        numeral_.digits += '.';
    }

    std::string_view text_;
    std::size_t at_ = 0;
    bool point_ = false;
    Numeral numeral_;
};

std::optional<Numeral> numeral_of(std::string_view text) {
    return NumeralReader(text).read();
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

    // Of the filled cells: two in three, and one in two.
    bool are_most(std::size_t some) const { return filled > 0 && some * 3 >= filled * 2; }
    bool are_half(std::size_t some) const { return filled > 0 && some * 2 >= filled; }
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

// What a header makes of cells that are neither years nor clock times; nothing where it does not
// fit them.
std::optional<ColumnKind> kind_by_header(ColumnKind header, const Looks& looks) {
    if (header == ColumnKind::kDate || header == ColumnKind::kRank) return header;
    if (is_amount(header)) return looks.are_half(looks.numbers) ? header : ColumnKind::kText;
    if (!looks.are_most(looks.numbers)) return header;
    if (header == ColumnKind::kPlace) return ColumnKind::kRank;
    return std::nullopt;
}

ColumnKind kind_of_column(const Table& table, std::size_t column) {
    const auto looks = looks_of(table, column);
    if (looks.are_most(looks.years)) return ColumnKind::kDate;
    if (looks.are_half(looks.clocks)) return ColumnKind::kTime;
    if (const auto header = kind_of_header(words(table.columns[column].title))) {
        if (const auto kind = kind_by_header(*header, looks)) return *kind;
    }
    return looks.are_most(looks.bare) ? ColumnKind::kNumber : ColumnKind::kText;
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

// As many columns as there are when there is none of the kind.
std::size_t first_column(const Table& table, ColumnKind kind) {
    const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                    [&](const Column& column) { return column.kind == kind; });
    return static_cast<std::size_t>(found - table.columns.begin());
}

bool has_column(const Table& table, ColumnKind kind) {
    return first_column(table, kind) < table.columns.size();
}

// A column without a header; a text for each row.
void add_column(Table& table, ColumnKind kind, std::vector<std::string> texts) {
    table.columns.push_back({"", kind});
    for (std::size_t row = 0; row < table.rows.size(); ++row)
        table.rows[row].cells.push_back({std::move(texts[row])});
}

void add_bracket_countries(Table& table) {
    if (has_column(table, ColumnKind::kCountry) || table.columns.size() >= kMaxTableColumns) return;
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
        if (table.columns[column].kind != ColumnKind::kPerson) continue;
        std::vector<std::string> codes;
        std::size_t found = 0;
        for (const auto& row : table.rows) {
            codes.emplace_back(code_in_brackets(row.cells[column].text));
            found += codes.back().empty() ? 0 : 1;
        }
        if (found == 0 || found * 4 < table.rows.size() * 3) continue;
        add_column(table, ColumnKind::kCountry, std::move(codes));
        return;
    }
}

// Takes from each cell of a column what stands below its first line.
std::vector<std::string> take_lines_below(Table& table, std::size_t column) {
    std::vector<std::string> below;
    below.reserve(table.rows.size());
    for (auto& row : table.rows) {
        auto& text = row.cells[column].text;
        const auto end = text.find('\n');
        below.push_back(end == std::string::npos ? "" : text.substr(end + 1));
        text.resize(std::min(end, text.size()));
    }
    return below;
}

// A team and below it, line by line, who is in it: the people become a column of their own.
void add_team_members(Table& table) {
    const auto team = first_column(table, ColumnKind::kCountry);
    if (team == table.columns.size() || has_column(table, ColumnKind::kPerson)) return;
    if (table.columns.size() >= kMaxTableColumns) return;
    auto people = take_lines_below(table, team);
    const bool none = std::all_of(people.begin(), people.end(),
                                  [](const std::string& text) { return text.empty(); });
    if (!none) add_column(table, ColumnKind::kPerson, std::move(people));
}

Result<Row> row_from_texts(const std::vector<std::string>& texts, std::size_t columns) {
    if (texts.size() != columns)
        return fail(Code::kInvalid, "answers.table_malformed", "a row has another width");
    Row row;
    for (const auto& text : texts) {
        if (text.size() > kMaxCellBytes)
            return fail(Code::kInvalid, "answers.table_malformed", "a cell is too long");
        row.cells.push_back({text, leading_number(text)});
    }
    return row;
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
        TRY(auto row, row_from_texts(texts, table.columns.size()));
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
