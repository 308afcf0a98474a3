#include "answers/link.h"

#include <algorithm>

#include "answers/countries.h"
#include "answers/words.h"
#include "language/letters.h"

namespace altis::answers {
namespace {

constexpr std::size_t kMaxFormWords = 24;
constexpr std::size_t kMaxPartWords = 4;

// Singular and plural of a header are one.
std::string stem(const std::string& word) {
    if (word.size() > 4 && word.ends_with("ies")) return word.substr(0, word.size() - 3) + "y";
    if (word.size() > 3 && word.ends_with('s') && !word.ends_with("ss"))
        return word.substr(0, word.size() - 1);
    return word;
}

std::string stemmed(const std::string& phrase) {
    std::string out;
    for (std::size_t begin = 0; begin <= phrase.size();) {
        const auto end = std::min(phrase.find(' ', begin), phrase.size());
        out += (out.empty() ? "" : " ") + stem(phrase.substr(begin, end - begin));
        begin = end + 1;
    }
    return out;
}

// Lines of a cell, and people or teams that share one.
std::vector<std::string_view> pieces_of(std::string_view text) {
    std::vector<std::string_view> out;
    std::size_t begin = 0;
    for (std::size_t at = 0; at <= text.size(); ++at) {
        const bool end = at == text.size() || text[at] == '\n' || text[at] == ',' ||
                         text[at] == '/' || text[at] == '&' || text[at] == '(' || text[at] == ')';
        if (!end) continue;
        if (at > begin) out.push_back(text.substr(begin, at - begin));
        begin = at + 1;
    }
    return out;
}

// The words of each piece that has any.
std::vector<std::vector<std::string>> spelled_pieces(std::string_view text,
                                                     const Grammar& grammar) {
    std::vector<std::vector<std::string>> out;
    for (const auto piece : pieces_of(text)) {
        auto spelled = grammar.read(piece);
        if (!spelled.empty()) out.push_back(std::move(spelled));
    }
    return out;
}

bool is_number_word(const std::string& word) {
    return !word.empty() && word[0] >= '0' && word[0] <= '9';
}

// Ranks, bare numbers and channels to watch name no row; times and points do.
bool names_rows(ColumnKind kind) {
    if (kind == ColumnKind::kTime || kind == ColumnKind::kScore) return true;
    return kind != ColumnKind::kWatch && kind != ColumnKind::kRank && !is_amount(kind);
}

using RowsByWord = std::map<std::string, std::vector<std::size_t>>;

void add_words(const std::vector<std::string>& words, const std::vector<std::size_t>& rows,
               std::size_t column, std::map<std::size_t, RowsByWord>& events) {
    for (const auto& word : words) {
        auto& known = events[column][word];
        known.insert(known.end(), rows.begin(), rows.end());
    }
}

// "1st": a whole number, and how English makes it an ordinal.
std::optional<Decimal> ordinal_of(const std::string& word) {
    const auto digits = word.find_first_not_of("0123456789");
    if (digits > 6) return std::nullopt;  // also when nothing stands behind the digits
    const auto suffix = word.substr(digits);
    const bool ordinal = suffix == "st" || suffix == "nd" || suffix == "rd" || suffix == "th";
    const auto number = Decimal::parse(word.substr(0, digits));
    if (!ordinal || !number) return std::nullopt;
    return *number;
}

std::optional<Decimal> number_meant(Builtin builtin, const std::string& word) {
    if (builtin != Builtin::kTime && !is_number_word(word)) return std::nullopt;
    if (builtin == Builtin::kOrdinal) return ordinal_of(word);
    if (begins_with_clock(word) != (builtin == Builtin::kTime)) return std::nullopt;
    return leading_number(word);
}

std::vector<TermPtr> column_terms(const std::vector<std::size_t>& columns) {
    std::vector<TermPtr> out;
    out.reserve(columns.size());
    for (const auto column : columns)
        out.push_back(Term::column(column));
    return out;
}

std::vector<TermPtr> cell_terms(const std::map<std::size_t, std::vector<std::size_t>>& rows) {
    std::vector<TermPtr> out;
    out.reserve(rows.size());
    for (const auto& [column, some] : rows)
        out.push_back(Term::cells(column, some));
    return out;
}

}  // namespace

Linker::Linker(const Table& table, const Grammar& grammar, std::string_view language)
    : table_(table), grammar_(grammar), language_(language) {
    for (auto& word : significant(table.title))
        title_.insert(std::move(word));
    for (std::size_t column = 0; column < table.columns.size(); ++column)
        add_column(column);
    sort_rows();
    add_headers();
    if (!events_.empty()) longest_ = std::max(longest_, kMaxFormWords);
    for (const auto& [form, unused] : cells_) {
        for (std::size_t begin = 0; begin <= form.size();) {
            const auto end = std::min(form.find(' ', begin), form.size());
            words_.insert(form.substr(begin, end - begin));
            begin = end + 1;
        }
    }
    words_.insert(title_.begin(), title_.end());
}

std::vector<std::string> Linker::significant(std::string_view text) const {
    return grammar_.read(text);
}

void Linker::add_form(const std::string& form, Share share, const Place& place) {
    if (form.empty()) return;
    auto& entry = cells_[form];
    auto& rows = (share == Share::kWhole ? entry.whole : entry.part)[place.column];
    rows.insert(rows.end(), place.rows.begin(), place.rows.end());
    const auto count = static_cast<std::size_t>(std::count(form.begin(), form.end(), ' ')) + 1;
    longest_ = std::max(longest_, std::min(count, kMaxFormWords));
}

// Several texts of a row may have given it to the same form.
void Linker::sort_rows() {
    const auto sort = [](std::vector<std::size_t>& rows) {
        std::sort(rows.begin(), rows.end());
        rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    };
    for (auto& [form, entry] : cells_) {
        for (auto& [column, rows] : entry.whole)
            sort(rows);
        for (auto& [column, rows] : entry.part)
            sort(rows);
    }
    for (auto& [column, known] : events_) {
        for (auto& [word, rows] : known)
            sort(rows);
    }
}

void Linker::add_country(const std::vector<std::string>& spelled, const Place& place) {
    for (const auto& form : country_forms(joined(spelled, 0, spelled.size()), language_)) {
        const auto read_words = significant(form);
        add_form(joined(read_words, 0, read_words.size()), Share::kWhole, place);
    }
}

// The family name alone, and the given name alone, where they name one.
void Linker::add_person(const std::vector<std::string>& spelled, const Place& place) {
    if (spelled.size() < 2 || spelled.size() > 6) return;
    for (std::size_t begin = 0; begin < spelled.size(); ++begin) {
        for (std::size_t end = begin + 1; end <= spelled.size(); ++end) {
            const auto form = joined(spelled, begin, end);
            if (form.size() > 1) add_form(form, Share::kPart, place);
        }
    }
    std::string family_first = spelled.back();
    for (std::size_t index = 0; index + 1 < spelled.size(); ++index)
        family_first += ' ' + spelled[index];
    add_form(family_first, Share::kPart, place);
}

void Linker::add_text(const std::vector<std::string>& spelled, const Place& place) {
    for (std::size_t begin = 0; begin < spelled.size() && begin < kMaxFormWords; ++begin) {
        for (std::size_t end = begin + 1; end <= std::min(spelled.size(), begin + kMaxPartWords);
             ++end) {
            const auto form = joined(spelled, begin, end);
            const bool bare = end == begin + 1 && (is_number_word(form) || form.size() < 3);
            if (!bare) add_form(form, Share::kPart, place);
        }
    }
}

// Equal cells are read once.
void Linker::add_column(std::size_t column) {
    if (!names_rows(table_.columns[column].kind)) return;
    std::map<std::string_view, Place> places;
    for (std::size_t row = 0; row < table_.rows.size(); ++row) {
        const auto& cell = table_.rows[row].cells[column];
        places[cell.text].rows.push_back(row);
        for (const auto& name : cell.also)
            places[name].rows.push_back(row);
    }
    for (auto& [text, place] : places) {
        place.column = column;
        add_texts(text, place);
    }
}

void Linker::add_texts(std::string_view text, const Place& place) {
    const auto kind = table_.columns[place.column].kind;
    if (text.empty()) return;
    if (kind == ColumnKind::kEvent) {
        const auto named = significant(text);
        add_words(named, place.rows, place.column, events_);
        words_.insert(named.begin(), named.end());
        return;
    }
    // The code itself, before a language takes it for a word of its own ("AUS" for German).
    if (kind == ColumnKind::kCountry) add_country(words(text), place);
    const auto whole = significant(text);
    if (whole.empty()) return;
    add_form(joined(whole, 0, std::min(whole.size(), kMaxFormWords)), Share::kWhole, place);
    if (is_amount(kind)) return;
    if (kind == ColumnKind::kText || kind == ColumnKind::kDate) add_text(whole, place);
    for (const auto& spelled : spelled_pieces(text, grammar_)) {
        const auto form = joined(spelled, 0, std::min(spelled.size(), kMaxFormWords));
        if (kind != ColumnKind::kDate) add_form(form, Share::kWhole, place);
        if (kind == ColumnKind::kCountry || kind == ColumnKind::kPlace) add_country(spelled, place);
        if (kind == ColumnKind::kPerson) add_person(spelled, place);
    }
}

void Linker::add_headers() {
    for (std::size_t column = 0; column < table_.columns.size(); ++column) {
        const auto spelled = significant(table_.columns[column].title);
        for (std::size_t begin = 0; begin < spelled.size(); ++begin) {
            for (std::size_t end = begin + 1; end <= spelled.size(); ++end)
                headers_[stemmed(joined(spelled, begin, end))].insert(column);
        }
        for (const auto& word : spelled)
            words_.insert(word);
        longest_ = std::max(longest_, std::min(spelled.size(), kMaxFormWords));
    }
}

bool Linker::knows(const std::string& word) const {
    return is_number_word(word) || grammar_.knows(word) || words_.contains(word) ||
           headers_.contains(stem(word));
}

std::string Linker::corrected(const std::string& word) const {
    const auto length = language::letters_of(word).size();
    if (length < 5) return word;
    const std::size_t limit = length < 8 ? 1 : 2;
    std::size_t nearest = limit + 1;
    std::set<std::string> found;
    for (const auto* known : {&words_, &grammar_.known_words()}) {
        for (const auto& candidate : *known) {
            const auto distance = edit_distance(word, candidate, limit);
            if (distance > limit || distance > nearest) continue;
            if (distance < nearest) found.clear();
            nearest = distance;
            found.insert(candidate);
        }
    }
    return found.size() == 1 ? *found.begin() : word;
}

Spelled Linker::read(std::string_view question, const Known& known) const {
    Spelled out;
    bool first = true;
    for (auto& word : grammar_.read(question)) {
        const bool is_known = knows(word) || known(word) || !country_forms(word, language_).empty();
        auto right = is_known ? word : corrected(word);
        if (right != word) out.corrected.emplace(word, right);
        // A verb at the very beginning makes a question of yes or no.
        if (first || !grammar_.is_filling(right)) out.words.push_back(std::move(right));
        first = false;
    }
    return out;
}

// All words must be of the event's name, in any order.
std::vector<std::size_t> Linker::rows_of_event(const EventWords& known,
                                               const std::vector<std::string>& words,
                                               std::size_t begin, std::size_t end) {
    std::vector<std::size_t> rows;
    for (auto at = begin; at < end; ++at) {
        const auto found = known.find(words[at]);
        if (found == known.end()) return {};
        if (at == begin) {
            rows = found->second;
            continue;
        }
        std::vector<std::size_t> both;
        std::set_intersection(rows.begin(), rows.end(), found->second.begin(), found->second.end(),
                              std::back_inserter(both));
        rows = std::move(both);
    }
    return rows;
}

// The header itself goes before headers that contain it.
std::vector<std::size_t> Linker::columns_named(const std::vector<std::string>& words,
                                               std::size_t begin, std::size_t end) const {
    const auto found = headers_.find(stemmed(joined(words, begin, end)));
    if (found == headers_.end()) return {};
    std::vector<std::size_t> exact;
    for (const auto column : found->second) {
        const auto header = significant(table_.columns[column].title);
        if (stemmed(joined(header, 0, header.size())) == found->first) exact.push_back(column);
    }
    if (!exact.empty()) return exact;
    return {found->second.begin(), found->second.end()};
}

std::vector<TermPtr> Linker::meanings(Builtin builtin, const std::vector<std::string>& words,
                                      std::size_t begin, std::size_t end) const {
    switch (builtin) {
        case Builtin::kNumber:
        case Builtin::kOrdinal:
        case Builtin::kTime: {
            if (end != begin + 1) return {};
            if (const auto number = number_meant(builtin, words[begin]))
                return {Term::number(*number)};
            return {};
        }
        case Builtin::kColumn:
            return column_terms(columns_named(words, begin, end));
        case Builtin::kThing:
        case Builtin::kThings: {
            const bool plural = stem(words[end - 1]) != words[end - 1];
            if (plural == (builtin == Builtin::kThing)) return {};
            auto columns = columns_named(words, begin, end);
            std::erase_if(columns, [this](std::size_t column) {
                return is_amount(table_.columns[column].kind);
            });
            return column_terms(columns);
        }
        case Builtin::kContext:
            return {};
        case Builtin::kCell:
            break;
    }
    std::vector<TermPtr> out;
    for (const auto& [column, known] : events_) {
        auto rows = rows_of_event(known, words, begin, end);
        if (!rows.empty()) out.push_back(Term::cells(column, std::move(rows)));
    }
    const auto found = cells_.find(joined(words, begin, end));
    if (found == cells_.end()) return out;
    const auto whole = cell_terms(found->second.whole);
    out.insert(out.end(), whole.begin(), whole.end());
    // What a name is in whole goes before what it is a part of.
    return out.empty() ? cell_terms(found->second.part) : out;
}

}  // namespace altis::answers
