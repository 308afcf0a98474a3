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

bool is_number_word(const std::string& word) {
    return !word.empty() && word[0] >= '0' && word[0] <= '9';
}

// Bare numbers name no row; times and points do.
bool is_number_only(ColumnKind kind) {
    return is_amount(kind) && kind != ColumnKind::kTime && kind != ColumnKind::kScore;
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
    if (kind == ColumnKind::kEvent) {
        for (auto& word : significant(text)) {
            auto& rows = events_[place.column][word];
            rows.insert(rows.end(), place.rows.begin(), place.rows.end());
            words_.insert(std::move(word));
        }
        return;
    }
    if (text.empty() || kind == ColumnKind::kWatch || kind == ColumnKind::kRank ||
        is_number_only(kind))
        return;
    // The code itself, before a language takes it for a word of its own ("AUS" for German).
    if (kind == ColumnKind::kCountry) add_country(words(text), place);
    const auto whole = significant(text);
    if (whole.empty()) return;
    add_form(joined(whole, 0, std::min(whole.size(), kMaxFormWords)), Share::kWhole, place);
    if (kind == ColumnKind::kTime || kind == ColumnKind::kScore) return;
    if (kind == ColumnKind::kText || kind == ColumnKind::kDate) add_text(whole, place);
    for (const auto piece : pieces_of(text)) {
        const auto spelled = significant(piece);
        if (spelled.empty()) continue;
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
    std::vector<TermPtr> out;
    const auto& word = words[begin];
    if (builtin == Builtin::kNumber && end == begin + 1 && is_number_word(word)) {
        const auto number = leading_number(word);
        if (number && !begins_with_clock(word)) out.push_back(Term::number(*number));
    } else if (builtin == Builtin::kTime && end == begin + 1 && begins_with_clock(word)) {
        if (const auto number = leading_number(word)) out.push_back(Term::number(*number));
    } else if (builtin == Builtin::kOrdinal && end == begin + 1 && is_number_word(word)) {
        const auto digits = word.find_first_not_of("0123456789");
        const auto suffix = digits == std::string::npos ? "" : word.substr(digits);
        const auto number = Decimal::parse(word.substr(0, digits));
        const bool ordinal = suffix == "st" || suffix == "nd" || suffix == "rd" || suffix == "th";
        if (number && ordinal && digits <= 6) out.push_back(Term::number(*number));
    } else if (builtin == Builtin::kColumn) {
        for (const auto column : columns_named(words, begin, end))
            out.push_back(Term::column(column));
    } else if (builtin == Builtin::kThing || builtin == Builtin::kThings) {
        const auto& last = words[end - 1];
        const bool plural = stem(last) != last;
        if (plural == (builtin == Builtin::kThing)) return out;
        for (const auto column : columns_named(words, begin, end)) {
            if (!is_amount(table_.columns[column].kind)) out.push_back(Term::column(column));
        }
    } else if (builtin == Builtin::kCell) {
        for (const auto& [column, known] : events_) {
            auto rows = rows_of_event(known, words, begin, end);
            if (!rows.empty()) out.push_back(Term::cells(column, std::move(rows)));
        }
        const auto found = cells_.find(joined(words, begin, end));
        if (found == cells_.end()) return out;
        for (const auto& [column, rows] : found->second.whole)
            out.push_back(Term::cells(column, rows));
        // What a name is in whole goes before what it is a part of.
        if (!out.empty()) return out;
        for (const auto& [column, rows] : found->second.part)
            out.push_back(Term::cells(column, rows));
    }
    return out;
}

}  // namespace altis::answers
