#include "answers/countries.h"

#include <map>
#include <mutex>
#include <optional>

#include "answers/grammar_files.h"
#include "answers/words.h"
#include "language/regions.h"

namespace altis::answers {
namespace {

struct Country {
    std::string code;
    std::string iso;
    std::string english;
    std::vector<std::string> names;
};

std::string folded(std::string_view text) {
    const auto read_words = words(text);
    return joined(read_words, 0, read_words.size());
}

// The first name of a line, with capitals: "north macedonia" is "North Macedonia".
std::string spoken_name(std::string_view names) {
    std::string out(names.substr(0, names.find(" |")));
    for (std::size_t at = 0; at < out.size(); ++at) {
        const bool begins = at == 0 || out[at - 1] == ' ';
        if (begins && out[at] >= 'a' && out[at] <= 'z') out[at] = static_cast<char>(out[at] - 32);
    }
    return out;
}

std::vector<Country> read_countries() {
    std::vector<Country> out;
    auto rest = country_files()[0].bytes;
    while (!rest.empty()) {
        const auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        if (line.size() < 6 || line.starts_with('#')) continue;
        Country country;
        country.code = line.substr(0, 3);
        const auto iso_end = line.find(' ', 4);
        country.iso = line.substr(4, iso_end - 4);
        if (country.iso == "-") country.iso.clear();
        auto names = line.substr(iso_end + 1);
        while (!names.empty()) {
            const auto name = names.substr(0, names.find('|'));
            names.remove_prefix(std::min(name.size() + 1, names.size()));
            country.names.push_back(folded(name));
        }
        country.english = spoken_name(line.substr(iso_end + 1));
        country.names.push_back(folded(country.code));
        out.push_back(std::move(country));
    }
    return out;
}

// The forms of all countries in one language.
class Forms {
  public:
    explicit Forms(std::string_view language) {
        for (auto& country : read_countries()) {
            if (const auto name = language::region_name(country.iso, language); !name.empty())
                country.names.push_back(folded(name));
            for (const auto& name : country.names)
                by_name_.emplace(name, names_.size());
            names_.push_back(std::move(country.names));
        }
    }

    const std::vector<std::string>& of(const std::string& words) const {
        static const std::vector<std::string> kNone;
        const auto found = by_name_.find(words);
        return found == by_name_.end() ? kNone : names_[found->second];
    }

  private:
    std::vector<std::vector<std::string>> names_;
    std::map<std::string, std::size_t> by_name_;
};

}  // namespace

const std::vector<std::string>& country_forms(const std::string& words, std::string_view language) {
    static std::mutex mutex;
    static std::map<std::string, Forms, std::less<>> forms;
    const std::lock_guard lock(mutex);
    auto found = forms.find(language);
    if (found == forms.end()) found = forms.emplace(language, Forms(language)).first;
    return found->second.of(words);
}

std::string country_name(std::string_view code, std::string_view language) {
    static const auto kCountries = [] {
        std::map<std::string, Country, std::less<>> out;
        for (auto& country : read_countries())
            out.emplace(country.code, std::move(country));
        return out;
    }();
    const auto found = kCountries.find(code);
    if (found == kCountries.end()) return std::string(code);
    auto name = language::region_name(found->second.iso, language);
    return name.empty() ? found->second.english : name;
}

}  // namespace altis::answers
