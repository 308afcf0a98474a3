#include "fans/matching/people.h"

#include <algorithm>
#include <numeric>
#include <sstream>
#include <tuple>
#include <utility>

#include "fans/matching/normalise.h"

namespace altis::fans::matching {
namespace {

std::string ordered_words(const std::string& text) {
    std::vector<std::string> words;
    std::istringstream stream(text);
    for (std::string word; stream >> word;)
        words.push_back(std::move(word));
    std::sort(words.begin(), words.end());
    return std::accumulate(words.begin(), words.end(), std::string());
}

Value value_of(std::string text) {
    Value value;
    value.joined = text;
    std::erase(value.joined, ' ');
    value.letters = count_letters(value.joined);
    value.ordered = ordered_words(text);
    value.phonetic = phonetic_key(text);
    value.text = std::move(text);
    return value;
}

std::vector<std::string> normalised(std::span<const PersonRecord> records, PersonField field) {
    std::vector<std::string> texts;
    texts.reserve(records.size());
    for (const PersonRecord& record : records)
        texts.push_back(normalise(field, record[field]));
    return texts;
}

std::vector<std::string> sorted_unique(std::vector<std::string> texts) {
    texts.emplace_back();  // "not known" is always there, and sorts first
    std::sort(texts.begin(), texts.end());
    texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
    return texts;
}

}  // namespace

People::People(std::span<const PersonRecord> records) : persons_(records.size()) {
    for (std::size_t i = 0; i < records.size(); ++i)
        persons_[i].place = i;
    for (std::size_t f = 0; f < kPersonFields; ++f) {
        const std::vector<std::string> texts = normalised(records, static_cast<PersonField>(f));
        const std::vector<std::string> unique = sorted_unique(texts);
        for (std::size_t i = 0; i < records.size(); ++i) {
            const auto at = std::lower_bound(unique.begin(), unique.end(), texts[i]);
            persons_[i].values[f] = static_cast<ValueId>(at - unique.begin());
        }
        for (const std::string& text : unique)
            values_[f].push_back(value_of(text));
    }
    const auto key = [&](const Person& person) {
        const PersonRecord& record = records[person.place];
        return std::tie(person.values, record.values, record.id, person.place);
    };
    std::sort(persons_.begin(), persons_.end(),
              [&](const Person& left, const Person& right) { return key(left) < key(right); });
}

}  // namespace altis::fans::matching
