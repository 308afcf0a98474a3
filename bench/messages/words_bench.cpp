// Messages in twelve languages with a language model that mostly lies, judged by an oracle without
// any code of the gate; and what composing and reading back cost.
//
// Usage: words_bench MESSAGES    rows        words_bench cases       lines {"language", "pattern",
// "values", "text"}, for another formatter
#include <cstdlib>
#include <ctime>
#include <iostream>

#include "codec/json.h"
#include "language/numbers.h"
#include "messages/gate.h"
#include "messages/model_reply.h"
#include "messages/story_lies.h"
#include "report/row.h"

namespace {

using namespace altis;
using namespace altis::messages;

struct Told {
    std::uint64_t texts = 0;
    std::uint64_t of_model = 0;
    std::uint64_t wrong = 0;
};

// The texts of an event in all languages; ends the program when there are none.
std::map<std::string, ComposedText> texts_of(const ReplyFilter& filter, const Composer& composer,
                                             const Style& style,
                                             const std::map<std::string, std::string>& replies,
                                             const FactRecord& facts, const AliasTable& names) {
    auto texts = compose_with_replies(composer, filter, style, replies, facts, names);
    if (!texts) {
        std::cerr << style.story << ": " << texts.error().message << "\n";
        std::exit(1);
    }
    return std::move(*texts);
}

void count(const ComposedText& composed, const std::string& fault, Told& told) {
    if (!fault.empty()) {
        ++told.wrong;
        std::cerr << fault << ": " << composed.text << "\n";
    }
    told.of_model += composed.is_of_model ? 1 : 0;
    ++told.texts;
}

// A skater's medal told in all languages, with a reply of the lying model for each.
void tell_medal(const Composer& composer, const ReplyFilter& filter, const AliasTable& names,
                lies::Random& random, Told& told) {
    const auto& skater = lies::kSkaters[lies::pick(random, lies::kSkaters.size())];
    const FactRecord facts = lies::facts(random, skater);
    std::map<std::string, std::string> replies;
    for (const std::string& language : composer.languages())
        replies[language] = lies::reply(random, language, facts);
    for (const auto& [language, composed] :
         texts_of(filter, composer, {"skate_medal"}, replies, facts, names)) {
        count(composed, lies::Oracle(facts, language, names).fault(composed.text), told);
    }
}

// The same of any story of the catalogue.
void tell_any(const Composer& composer, const ReplyFilter& filter, const AliasTable& names,
              lies::Random& random, Told& told) {
    const Style style = lies::any_style(random, composer);
    const FactRecord facts = lies::facts_of(random, *composer.story(style.story));
    std::map<std::string, std::string> replies;
    for (const std::string& language : composer.languages())
        replies[language] = lies::reply_of(random, *composer.find({style, language}), facts);
    for (const auto& [language, composed] :
         texts_of(filter, composer, style, replies, facts, names)) {
        const auto& stated = composer.find({style, language})->slots;
        count(composed, lies::StoryOracle(facts, language, names).fault(composed.text, stated),
              told);
    }
}

void print_told(const std::string& what, const Told& told) {
    const double share = static_cast<double>(told.of_model) / static_cast<double>(told.texts);
    bench::print({"messages in 12 languages beside a lying model, " + what,
                  static_cast<double>(told.texts), "messages"});
    bench::print({"of them worded by the model", share, "share"});
    bench::print({"wrong facts in them", static_cast<double>(told.wrong), "messages"},
                 {bench::Bar::Of::kValue, bench::Better::kLower, 0});
}

// Texts per second of processor time.
template <class Work>
double rate(std::uint64_t texts, const Work& work) {
    const std::clock_t begin = std::clock();
    work();
    return static_cast<double>(texts) * CLOCKS_PER_SEC / static_cast<double>(std::clock() - begin);
}

// What a pattern takes for a fact: how it is written, and the number that chooses a plural.
language::ArgumentValue argument(const Fact& fact, const std::string& language,
                                 const AliasTable& names) {
    if (fact.kind == FactKind::kDecimal) return {language::format_decimal(fact.text, language)};
    if (fact.kind == FactKind::kRank)
        return {language::format_decimal(fact.text, language), std::stoll(fact.text)};
    if (fact.kind == FactKind::kName) return {spoken_name(fact, language, names)};
    return {fact.text};
}

// Parsed patterns of both stories of skating, filled with values that are written already.
double pattern_rate(const Composer& composer, const FactRecord& facts, const AliasTable& names) {
    std::vector<std::pair<const StoryPattern*, std::vector<language::ArgumentValue>>> cases;
    for (const std::string& language : composer.languages()) {
        for (const auto& [style, pattern] : composer.templates(language)) {
            if (style.story != "skate_medal" && style.story != "skate_rank") continue;
            std::vector<language::ArgumentValue> values;
            for (const Slot& slot : pattern->slots)
                values.push_back(argument(*find_fact(facts, slot.name), language, names));
            cases.emplace_back(pattern, std::move(values));
        }
    }
    constexpr int kRounds = 9'000;
    std::size_t bytes = 0;
    const double formatted = rate(kRounds * cases.size(), [&] {
        for (int i = 0; i < kRounds; ++i)
            for (const auto& [pattern, values] : cases)
                bytes += pattern->pattern.format(values).size();
    });
    return bytes == 0 ? 0 : formatted;
}

void print_costs(const Composer& composer, const AliasTable& names) {
    constexpr int kRounds = 2'000;
    const FactRecord facts = sakamoto();
    std::vector<Rendered> texts;
    for (const std::string& language : composer.languages())
        texts.push_back(*composer.render({{"skate_medal"}, language}, facts, names));
    const std::uint64_t all = kRounds * texts.size();
    bool is_good = true;
    const double rendered = rate(all, [&] {
        for (int i = 0; i < kRounds; ++i)
            for (const Rendered& text : texts)
                is_good =
                    composer.render({{"skate_medal"}, text.language}, facts, names) && is_good;
    });
    const double read = rate(all, [&] {
        for (int i = 0; i < kRounds; ++i)
            for (const Rendered& text : texts)
                is_good = read_back(text, facts, names) && is_good;
    });
    const double formatted = pattern_rate(composer, facts, names);
    if (!is_good) std::exit(1);
    bench::print({"parsed patterns formatted, 12 languages", formatted, "per CPU-second"});
    bench::print({"texts rendered from facts, 12 languages", rendered, "per CPU-second"});
    bench::print({"texts read back by the gate, 12 languages", read, "per CPU-second"});
}

// What another formatter gets for a fact: decimals as their language writes them, whole numbers to
// choose and write by itself.
codec::Json value_of(const Fact& fact, const std::string& language, const StoryPattern& pattern,
                     const AliasTable& names) {
    // Where nothing is to choose, intl-messageformat does not write numbers as the language does.
    const bool is_choice = pattern.text.find("{" + fact.name + ",") != std::string::npos;
    if (fact.kind == FactKind::kRank && !is_choice)
        return language::format_decimal(fact.text, language);
    if (fact.kind == FactKind::kDecimal) return language::format_decimal(fact.text, language);
    if (fact.kind == FactKind::kRank) return static_cast<std::int64_t>(std::stoll(fact.text));
    if (fact.kind == FactKind::kName) return spoken_name(fact, language, names);
    return fact.text;
}

// The texts of three skaters in all languages, cohorts and both stories of skating.
void print_cases(const Composer& composer, const AliasTable& names) {
    for (const std::string& language : composer.languages()) {
        for (const auto& [style, pattern] : composer.templates(language)) {
            if (style.story != "skate_medal" && style.story != "skate_rank") continue;
            for (const FactRecord& facts : {liu(), sakamoto(), nakai()}) {
                codec::Json values = codec::Json::object();
                for (const Fact& fact : facts)
                    values.set(fact.name, value_of(fact, language, *pattern, names));
                const auto text = composer.render({style, language}, facts, names);
                if (!text) std::exit(1);
                std::cout << codec::Json::object({{"language", language},
                                                  {"pattern", pattern->text},
                                                  {"values", values},
                                                  {"text", text->text}})
                                 .to_string()
                          << "\n";
            }
        }
    }
}

}  // namespace

int main(int count, char** arguments) {
    const std::uint64_t wanted = count > 1 ? std::strtoull(arguments[1], nullptr, 10) : 20'000;
    const auto composer = Composer::load(*standard_catalogue());
    const ReplyFilter filter(*composer, *Vocabulary::standard());
    const AliasTable names = lies::names();
    if (count > 1 && std::string_view(arguments[1]) == "cases") {
        print_cases(*composer, names);
        return 0;
    }
    print_costs(*composer, names);
    lies::Random random(2026);
    Told medals;
    Told others;
    while (medals.texts + others.texts < wanted) {
        tell_medal(*composer, filter, names, random, medals);
        tell_any(*composer, filter, names, random, others);
    }
    print_told("a skater's medal", medals);
    print_told("every story of the catalogue", others);
    return 0;
}
