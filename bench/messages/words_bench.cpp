// Messages in twelve languages with a language model that mostly lies, judged by an oracle without
// any code of the gate; and what composing and reading back cost.
//
// Usage: words_bench MESSAGES
#include <cstdlib>
#include <ctime>
#include <iostream>

#include "messages/gate.h"
#include "messages/lies.h"
#include "messages/model_reply.h"
#include "report/row.h"

namespace {

using namespace altis;
using namespace altis::messages;

struct Told {
    std::uint64_t texts = 0;
    std::uint64_t of_model = 0;
    std::uint64_t wrong = 0;
};

// One event told in all languages, with a reply of the lying model for each.
void tell(const Composer& composer, const ReplyFilter& filter, const AliasTable& names,
          lies::Random& random, Told& told) {
    const auto& skater = lies::kSkaters[lies::pick(random, lies::kSkaters.size())];
    const FactRecord facts = lies::facts(random, skater);
    std::map<std::string, std::string> replies;
    for (const std::string& language : composer.languages())
        replies[language] = lies::reply(random, language, facts);
    const auto texts =
        compose_with_replies(composer, filter, {"skate_medal"}, replies, facts, names);
    if (!texts) {
        std::cerr << texts.error().message << "\n";
        std::exit(1);
    }
    for (const auto& [language, composed] : *texts) {
        const std::string fault = lies::Oracle(facts, language, names).fault(composed.text);
        if (!fault.empty()) {
            ++told.wrong;
            std::cerr << fault << ": " << composed.text << "\n";
        }
        told.of_model += composed.is_of_model ? 1 : 0;
        ++told.texts;
    }
}

// Texts per second of processor time.
template <class Work>
double rate(std::uint64_t texts, const Work& work) {
    const std::clock_t begin = std::clock();
    work();
    return static_cast<double>(texts) * CLOCKS_PER_SEC / static_cast<double>(std::clock() - begin);
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
    if (!is_good) std::exit(1);
    bench::print({"texts rendered from facts, 12 languages", rendered, "per CPU-second"});
    bench::print({"texts read back by the gate, 12 languages", read, "per CPU-second"});
}

}  // namespace

int main(int count, char** arguments) {
    const std::uint64_t wanted = count > 1 ? std::strtoull(arguments[1], nullptr, 10) : 20'000;
    const auto composer = Composer::load(*standard_catalogue());
    const ReplyFilter filter(*composer, *Vocabulary::standard());
    const AliasTable names = lies::names();
    print_costs(*composer, names);
    lies::Random random(2026);
    Told told;
    while (told.texts < wanted)
        tell(*composer, filter, names, random, told);
    const double share = static_cast<double>(told.of_model) / static_cast<double>(told.texts);
    bench::print({"messages in 12 languages beside a lying model", static_cast<double>(told.texts),
                  "messages"});
    bench::print({"of them worded by the model", share, "share"});
    bench::print({"wrong facts in them", static_cast<double>(told.wrong), "messages"},
                 {bench::Bar::Of::kValue, bench::Better::kLower, 0});
    return 0;
}
