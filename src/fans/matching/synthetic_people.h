// Invented records with known truth for tests: persons of made-up words, families, twins, movers,
// and several kinds of typing errors. A pure function of the setting and its seed.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "fans/matching/person_record.h"

namespace altis::fans::matching {

struct SyntheticSetting {
    std::string name;
    std::uint64_t seed = 1;
    unsigned persons = 3'000;
    double registered_again = 0.4;  // share of persons with more than one record
    unsigned most_records = 3;      // of one person
    unsigned given_names = 900;
    unsigned surnames = 1'800;
    double in_families = 0;         // share of persons in households of 2 to 5
    double twins = 0.03;            // of those after the first of a household
    double shared_birth_month = 0;  // of those after the first of a household
    double namesakes = 0.01;        // of those after the first: the first one's given name
    double moved = 0;               // share of later records with another home
    double errors = 2.5;            // mean number of errors in a later record
    double errors_first = 0;        // and in a person's first record
    double missing = 0.04;          // chance that a value is left out, in every record
    double has_phone = 0;
    double has_email = 0;
};

struct SyntheticPeople {
    std::vector<PersonRecord> records;
    std::vector<unsigned> person;  // truth, by record
};

class SyntheticTown {
  public:
    explicit SyntheticTown(const SyntheticSetting& setting)
        : setting_(setting), state_(setting.seed) {
        state_ = next();  // neighbouring seeds give unrelated towns
        given_names_ = words(setting.given_names, 2);
        surnames_ = words(setting.surnames, 2);
        streets_ = words(setting.persons / 2 + 20, 2);
        suburbs_ = words(setting.persons / 3 + 20, 3);
    }

    SyntheticPeople make() {
        std::vector<PersonRecord> persons;
        while (persons.size() < setting_.persons)
            add_household(persons);
        SyntheticPeople people;
        for (unsigned person = 0; person < persons.size(); ++person) {
            add_record(people, with_errors(persons[person], setting_.errors_first), person);
            if (!chance(setting_.registered_again)) continue;
            const std::uint64_t more = 1 + below(setting_.most_records - 1);
            for (std::uint64_t i = 0; i < more; ++i) {
                PersonRecord again = persons[person];
                if (chance(setting_.moved)) set_home(again);
                add_record(people, with_errors(std::move(again), setting_.errors), person);
            }
        }
        shuffle(people);
        return people;
    }

  private:
    using Words = std::vector<std::string>;
    using enum PersonField;

    std::uint64_t next() {
        state_ += 0x9e3779b97f4a7c15U;
        std::uint64_t value = state_;
        value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
        value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
        return value ^ (value >> 31U);
    }
    std::uint64_t below(std::uint64_t limit) { return next() % limit; }
    double uniform() { return static_cast<double>(next() >> 11U) / 9007199254740992.0; }
    bool chance(double share) { return uniform() < share; }

    std::string syllables(unsigned count) {
        static constexpr std::string_view kConsonants = "bcdfghjklmnprstvwz";
        static constexpr std::string_view kVowels = "aeiouy";
        std::string word;
        for (unsigned i = 0; i < count; ++i) {
            word += kConsonants[below(kConsonants.size())];
            word += kVowels[below(kVowels.size())];
            if (chance(0.5)) word += kConsonants[below(kConsonants.size())];
        }
        return word;
    }
    Words words(std::size_t count, unsigned least_syllables) {
        Words list;
        for (std::size_t i = 0; i < count; ++i)
            list.push_back(syllables(least_syllables + static_cast<unsigned>(below(2))));
        return list;
    }
    // Few words are common and many are rare (Zipf's law).
    const std::string& common(const Words& list) {
        const double rank = std::pow(static_cast<double>(list.size() + 1), uniform()) - 1;
        return list[std::min(list.size() - 1, static_cast<std::size_t>(rank))];
    }
    const std::string& any(const Words& list) { return list[below(list.size())]; }

    std::string digits(unsigned count) {
        std::string text;
        for (unsigned i = 0; i < count; ++i)
            text += static_cast<char>('0' + below(10));
        return text;
    }
    static std::string two(std::uint64_t value) {
        return (value < 10 ? "0" : "") + std::to_string(value);
    }

    void set_home(PersonRecord& person) {
        static constexpr std::array kTypes = {" street", " road", " place", " circuit"};
        static constexpr std::array kStates = {"nsw", "vic", "qld", "wa", "sa", "act"};
        person[kStreetNumber] = std::to_string(1 + below(chance(0.2) ? 400 : 60));
        person[kAddressLine1] = any(streets_) + kTypes.at(below(kTypes.size()));
        person[kAddressLine2] = chance(0.6) ? any(streets_) + " " + any(suburbs_) : "";
        const std::uint64_t suburb = below(suburbs_.size());
        person[kSuburb] = suburbs_[suburb];
        person[kPostcode] = std::to_string(2000 + suburb * 7 % 6000);
        person[kState] = kStates.at(suburb % kStates.size());
    }
    void set_birth_date(PersonRecord& person) {
        person[kBirthDate] =
            std::to_string(1930 + below(80)) + two(1 + below(12)) + two(1 + below(28));
    }

    PersonRecord head_of_household() {
        PersonRecord head;
        head[kSurname] = common(surnames_);
        set_home(head);
        set_self(head);
        return head;
    }
    void set_self(PersonRecord& person) {
        person[kGivenName] = common(given_names_);
        set_birth_date(person);
        person[kNationalId] = digits(7);
        if (chance(setting_.has_phone)) person[kPhone] = "04" + digits(8);
        if (chance(setting_.has_email))
            person[kEmail] = person[kGivenName] + digits(3) + "@mail.example";
    }
    // Brothers and sisters do not share a given name; a son may have his father's.
    void set_other_given_name(PersonRecord& member, const std::vector<PersonRecord>& persons,
                              std::size_t first_of_household) {
        const auto is_taken = [&](const PersonRecord& other) {
            return other[kGivenName] == member[kGivenName];
        };
        while (std::any_of(persons.begin() + static_cast<std::ptrdiff_t>(first_of_household),
                           persons.end(), is_taken))
            member[kGivenName] = any(given_names_);
    }
    void add_household(std::vector<PersonRecord>& persons) {
        const PersonRecord head = head_of_household();
        const std::size_t first = persons.size();
        persons.push_back(head);
        // Households have 3 or 4 on average, so fewer heads are needed for the same share.
        if (!chance(setting_.in_families / 2)) return;
        const std::uint64_t more = 1 + below(4);
        for (std::uint64_t i = 0; i < more; ++i) {
            PersonRecord member = head;
            set_self(member);
            set_other_given_name(member, persons, first);
            if (chance(0.1)) member[kSurname] = common(surnames_);
            if (chance(0.4)) member[kPhone] = head[kPhone];
            if (chance(setting_.shared_birth_month))
                member[kBirthDate].replace(4, 2, head[kBirthDate].substr(4, 2));
            if (chance(setting_.namesakes)) {
                member[kGivenName] = head[kGivenName];
            } else if (chance(setting_.twins)) {
                member[kBirthDate] = persons.back()[kBirthDate];
            }
            persons.push_back(member);
        }
    }

    static void add_record(SyntheticPeople& people, PersonRecord record, unsigned person) {
        people.records.push_back(std::move(record));
        people.person.push_back(person);
    }

    PersonRecord with_errors(PersonRecord record, double mean) {
        // Some people type badly: the number of errors varies more than chance alone would.
        const double own_mean = mean * 2 * uniform();
        auto count = static_cast<unsigned>(own_mean);
        if (chance(own_mean - count)) ++count;
        for (unsigned i = 0; i < count; ++i)
            add_error(record);
        for (std::string& value : record.values) {
            if (chance(setting_.missing)) value.clear();
        }
        return record;
    }

    void add_error(PersonRecord& record) {
        const std::uint64_t kind = below(100);
        const auto field = static_cast<PersonField>(below(kPersonFields));
        if (kind < 5) {
            std::swap(record[kGivenName], record[kSurname]);
        } else if (kind < 9) {
            std::swap(record[kAddressLine1], record[kAddressLine2]);
        } else if (kind < 11) {
            std::swap(record[kAddressLine2], record[kSuburb]);
        } else if (kind < 14 && record[kBirthDate].size() == 8) {
            std::string& date = record[kBirthDate];
            date = date.substr(0, 4) + date.substr(6, 2) + date.substr(4, 2);
        } else if (kind < 24) {
            replace_value(record, field);
        } else {
            mistype(record[field]);
        }
    }

    // Another value altogether, as after a marriage, a nickname or a slip of the list.
    void replace_value(PersonRecord& record, PersonField field) {
        if (record[field].empty()) return;
        if (field == kGivenName) record[field] = common(given_names_);
        if (field == kSurname) record[field] = common(surnames_);
        if (field == kSuburb) record[field] = any(suburbs_);
        if (field == kBirthDate) set_birth_date(record);
        if (field == kPostcode) record[field] = digits(4);
        if (field == kNationalId) record[field] = digits(7);
        if (field == kStreetNumber) record[field] = std::to_string(1 + below(100));
    }

    void mistype(std::string& text) {
        if (text.size() < 2) return;
        const bool number = text.front() >= '0' && text.front() <= '9';
        const char typed =
            number ? static_cast<char>('0' + below(10)) : static_cast<char>('a' + below(26));
        const std::size_t place = below(text.size() - 1);
        switch (below(6)) {
            case 0:
                text.insert(place, 1, typed);
                break;
            case 1:
                text.erase(place, 1);
                break;
            case 2:
            case 3:
                text[place] = typed;
                break;
            case 4:
                std::swap(text[place], text[place + 1]);
                break;
            default:
                if (number) {
                    std::swap(text[place], text[place + 1]);
                } else {
                    text.insert(place + 1, " ");
                }
        }
    }

    void shuffle(SyntheticPeople& people) {
        for (std::size_t i = people.records.size(); i > 1; --i) {
            const std::size_t j = below(i);
            std::swap(people.records[i - 1], people.records[j]);
            std::swap(people.person[i - 1], people.person[j]);
        }
        for (std::size_t i = 0; i < people.records.size(); ++i)
            people.records[i].id = "record-" + std::to_string(i);
    }

    SyntheticSetting setting_;
    std::uint64_t state_;
    Words given_names_, surnames_, streets_, suburbs_;
};

// The settings that the tests report on.
inline std::vector<SyntheticSetting> synthetic_settings(std::uint64_t seed) {
    std::vector<SyntheticSetting> all(8);
    for (SyntheticSetting& setting : all)
        setting.seed = seed;
    all[0].name = "a few errors";
    all[1].name = "many errors";
    all[1].errors = 5;
    all[1].errors_first = 1;
    all[1].missing = 0.12;
    all[2].name = "families";
    all[2].in_families = 0.8;
    all[2].twins = 0.08;
    all[2].shared_birth_month = 0.3;
    all[2].namesakes = 0.03;
    all[3].name = "common names";
    all[3].persons = 5'000;
    all[3].given_names = 60;
    all[3].surnames = 60;
    all[4].name = "movers";
    all[4].moved = 0.25;
    all[4].in_families = 0.5;
    all[4].has_phone = 0.7;
    all[4].has_email = 0.7;
    all[5].name = "nobody twice";
    all[5].registered_again = 0;
    all[5].in_families = 0.8;
    all[5].twins = 0.08;
    all[5].shared_birth_month = 0.3;
    all[5].given_names = 100;
    all[6].name = "many records each";
    all[6].persons = 1'500;
    all[6].most_records = 8;
    all[6].errors = 4;
    all[7].name = "all at once";
    all[7].errors = 4;
    all[7].errors_first = 1;
    all[7].missing = 0.10;
    all[7].in_families = 0.7;
    all[7].twins = 0.05;
    all[7].shared_birth_month = 0.3;
    all[7].given_names = 150;
    all[7].surnames = 300;
    all[7].moved = 0.05;
    all[7].has_phone = 0.5;
    all[7].has_email = 0.3;
    return all;
}

}  // namespace altis::fans::matching
