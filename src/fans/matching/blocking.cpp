#include "fans/matching/blocking.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string>
#include <string_view>

namespace altis::fans::matching {
namespace {

using enum PersonField;

struct Entry {
    std::uint64_t key = 0;
    std::uint32_t person = 0;

    friend auto operator<=>(const Entry&, const Entry&) = default;
};
using Entries = std::vector<Entry>;

// FNV-1a over the parts, with a mark between them. Equal keys of different content only cost a
// comparison.
std::uint64_t hash_of(std::initializer_list<std::string_view> parts) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (std::string_view part : parts) {
        for (char c : part)
            hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
        hash = (hash ^ 0x1FFU) * 0x100000001b3U;
    }
    return hash;
}

// Adds a key unless one of its parts is not known.
void add_key(Entries& entries, std::uint32_t person,
             std::initializer_list<std::string_view> parts) {
    const bool known =
        std::none_of(parts.begin(), parts.end(), [](auto part) { return part.empty(); });
    if (known) entries.push_back({hash_of(parts), person});
}

// What the keys are made of, for one person.
struct Parts {
    std::string_view given, surname, given_sound, surname_sound;
    std::string_view number, line1, line2, suburb, postcode;
    std::string_view birth, id, phone, email;
};

Parts parts_of(const People& people, std::uint32_t person) {
    const auto joined = [&](PersonField field) -> std::string_view {
        return people.value(person, field).joined;
    };
    return {joined(kGivenName),
            joined(kSurname),
            people.value(person, kGivenName).phonetic,
            people.value(person, kSurname).phonetic,
            joined(kStreetNumber),
            joined(kAddressLine1),
            joined(kAddressLine2),
            joined(kSuburb),
            joined(kPostcode),
            joined(kBirthDate),
            joined(kNationalId),
            joined(kPhone),
            joined(kEmail)};
}

std::string_view part(std::string_view text, std::size_t from, std::size_t size) {
    return from + size <= text.size() ? text.substr(from, size) : std::string_view();
}

// The same digits in another order share this.
std::string anagram(std::string_view text) {
    std::string sorted(text);
    std::sort(sorted.begin(), sorted.end());
    return sorted;
}

// One pass makes zero or more keys of a person. Names and lines that may be swapped make the same
// key at either place.
using Pass = void (*)(const Parts& parts, std::uint32_t person, Entries& entries);

constexpr std::array<Pass, 23> kPasses = {
    // Numbers of the person itself.
    [](const Parts& p, std::uint32_t n, Entries& e) { add_key(e, n, {p.id}); },
    [](const Parts& p, std::uint32_t n, Entries& e) { add_key(e, n, {p.phone}); },
    [](const Parts& p, std::uint32_t n, Entries& e) { add_key(e, n, {p.email}); },
    [](const Parts& p, std::uint32_t n, Entries& e) { add_key(e, n, {p.birth}); },
    // Both names, by their sound, in either order.
    [](const Parts& p, std::uint32_t n, Entries& e) {
        add_key(
            e, n,
            {std::min(p.given_sound, p.surname_sound), std::max(p.given_sound, p.surname_sound)});
    },
    // A name and a part of the date.
    [](const Parts& p, std::uint32_t n, Entries& e) {
        add_key(e, n, {p.given_sound, part(p.birth, 0, 4)});
        add_key(e, n, {p.surname_sound, part(p.birth, 0, 4)});
    },
    [](const Parts& p, std::uint32_t n, Entries& e) {
        add_key(e, n, {p.given_sound, part(p.birth, 4, 4)});
        add_key(e, n, {p.surname_sound, part(p.birth, 4, 4)});
    },
    [](const Parts& p, std::uint32_t n, Entries& e) {
        add_key(e, n, {part(p.given_sound, 0, 2), anagram(p.birth)});
        add_key(e, n, {part(p.surname_sound, 0, 2), anagram(p.birth)});
    },
    // A name and a part of the address.
    [](const Parts& p, std::uint32_t n, Entries& e) {
        add_key(e, n, {p.given, p.suburb});
        add_key(e, n, {p.surname, p.suburb});
    },
    [](const Parts& p, std::uint32_t n, Entries& e) {
        add_key(e, n, {p.given_sound, p.postcode});
        add_key(e, n, {p.surname_sound, p.postcode});
    },
    [](const Parts& p, std::uint32_t n, Entries& e) {
        add_key(e, n, {p.given, p.number});
        add_key(e, n, {p.surname, p.number});
    },
    [](const Parts& p, std::uint32_t n, Entries& e) {
        add_key(e, n, {p.given_sound, p.line1});
        add_key(e, n, {p.surname_sound, p.line1});
        add_key(e, n, {p.given_sound, p.line2});
        add_key(e, n, {p.surname_sound, p.line2});
    },
    // A name and half of the national id.
    [](const Parts& p, std::uint32_t n, Entries& e) {
        add_key(e, n, {p.given_sound, part(p.id, 0, 4)});
        add_key(e, n, {p.surname_sound, part(p.id, 0, 4)});
    },
    [](const Parts& p, std::uint32_t n, Entries& e) {
        add_key(e, n, {p.given_sound, part(p.id, p.id.size() / 2, p.id.size() / 2)});
        add_key(e, n, {p.surname_sound, part(p.id, p.id.size() / 2, p.id.size() / 2)});
    },
    // The home.
    [](const Parts& p, std::uint32_t n, Entries& e) {
        add_key(e, n, {p.line1, p.number});
        add_key(e, n, {p.line2, p.number});
    },
    [](const Parts& p, std::uint32_t n, Entries& e) {
        add_key(e, n, {p.line1, p.postcode});
        add_key(e, n, {p.line2, p.postcode});
    },
    [](const Parts& p, std::uint32_t n, Entries& e) {
        add_key(e, n, {p.line1, p.suburb});
        add_key(e, n, {p.line2, p.suburb});
    },
    [](const Parts& p, std::uint32_t n, Entries& e) {
        add_key(e, n, {std::min(p.line1, p.line2), std::max(p.line1, p.line2)});
    },
    [](const Parts& p, std::uint32_t n, Entries& e) {
        add_key(e, n, {p.suburb, p.postcode, p.number});
    },
    // The date or the national id, and a part of the home.
    [](const Parts& p, std::uint32_t n, Entries& e) {
        add_key(e, n, {part(p.birth, 0, 6), p.postcode});
        add_key(e, n, {part(p.birth, 4, 4), p.postcode});
    },
    [](const Parts& p, std::uint32_t n, Entries& e) {
        add_key(e, n, {part(p.birth, 0, 4), p.suburb});
        add_key(e, n, {part(p.birth, 4, 4), p.suburb});
    },
    [](const Parts& p, std::uint32_t n, Entries& e) {
        add_key(e, n, {part(p.id, 0, 4), p.number});
        add_key(e, n, {part(p.id, p.id.size() / 2, p.id.size() / 2), p.number});
    },
    [](const Parts& p, std::uint32_t n, Entries& e) {
        add_key(e, n, {part(p.id, 0, 4), p.suburb});
        add_key(e, n, {part(p.id, p.id.size() / 2, p.id.size() / 2), p.suburb});
    },
};

void pair_block(std::span<const Entry> block, std::vector<Pair>& pairs) {
    const bool small = block.size() <= kMaxBlockRecords;
    for (std::size_t i = 0; i < block.size(); ++i) {
        const std::size_t end =
            small ? block.size() : std::min(block.size(), i + 1 + kMaxNeighbours);
        for (std::size_t j = i + 1; j < end; ++j)
            pairs.push_back({block[i].person, block[j].person});
    }
}

void sort_unique(std::vector<Pair>& pairs) {
    std::sort(pairs.begin(), pairs.end());
    pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
}

// Pairs of one pass. Persons are in canonical order within a block, so neighbours are alike.
std::vector<Pair> pairs_of(Entries& entries) {
    std::sort(entries.begin(), entries.end());
    entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
    std::vector<Pair> pairs;
    std::size_t start = 0;
    for (std::size_t i = 1; i <= entries.size(); ++i) {
        if (i < entries.size() && entries[i].key == entries[start].key) continue;
        pair_block(std::span(entries).subspan(start, i - start), pairs);
        start = i;
    }
    sort_unique(pairs);
    return pairs;
}

}  // namespace

std::vector<Pair> candidate_pairs(const People& people) {
    std::vector<Pair> all;
    Entries entries;
    for (Pass pass : kPasses) {
        entries.clear();
        for (std::uint32_t person = 0; person < people.size(); ++person)
            pass(parts_of(people, person), person, entries);
        const std::vector<Pair> found = pairs_of(entries);
        std::vector<Pair> merged;
        merged.reserve(all.size() + found.size());
        std::set_union(all.begin(), all.end(), found.begin(), found.end(),
                       std::back_inserter(merged));
        all = std::move(merged);
    }
    return all;
}

}  // namespace altis::fans::matching
