#include "answers/parse.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace altis::answers {
namespace {

// Where a part ends, and what its rules mean, in their order.
struct Reading {
    std::size_t end = 0;
    std::vector<TermPtr> senses;
};

// Top-down with memory: each rule is read once at each word.
class Parser {
  public:
    Parser(const Grammar& grammar, const Linker& linker, const std::vector<std::string>& words)
        : grammar_(grammar), linker_(linker), words_(words) {}

    const std::vector<Reading>& rule(std::size_t index, std::size_t at) {
        const auto key = std::pair(index, at);
        if (const auto found = memory_.find(key); found != memory_.end()) return found->second;
        std::vector<Reading> out;
        std::set<std::pair<std::size_t, std::string>> seen;
        for (const auto& alternative : grammar_.rule(index).alternatives) {
            for (auto& reading : part(alternative.body, at)) {
                if (alternative.meaning)
                    reading.senses = {meaning(*alternative.meaning, reading.senses)};
                const auto& text = reading.senses.empty() ? "" : reading.senses[0]->text();
                if (seen.emplace(reading.end, text).second) out.push_back(std::move(reading));
            }
        }
        return memory_.emplace(key, std::move(out)).first->second;
    }

    bool spent() const { return steps_ > kMaxParseSteps; }

  private:
    // Some of several parts in any order: where they end, and what each part that was read means.
    struct Partly {
        std::size_t end = 0;
        std::vector<std::optional<std::vector<TermPtr>>> senses;
    };

    static TermPtr meaning(const Template& from, const std::vector<TermPtr>& senses) {
        if (from.kind == Template::Kind::kPlace) return senses[from.place];
        if (from.kind == Template::Kind::kNumber) return Term::number(from.number);
        std::vector<TermPtr> arguments;
        arguments.reserve(from.arguments.size());
        for (const auto& argument : from.arguments)
            arguments.push_back(meaning(argument, senses));
        return Term::make(from.op, std::move(arguments));
    }

    std::vector<Reading> part(std::size_t index, std::size_t at) {
        const auto& part = grammar_.part(index);
        if (++steps_ > kMaxParseSteps) return {};
        switch (part.kind) {
            case Part::Kind::kWord:
                if (at < words_.size() && words_[at] == part.word) return {{at + 1, {}}};
                return {};
            case Part::Kind::kRule:
                return rule(part.rule, at);
            case Part::Kind::kBuiltin:
                return builtin(part.builtin, at);
            case Part::Kind::kOptional: {
                auto out = this->part(part.parts[0], at);
                out.push_back({at, {}});
                return out;
            }
            case Part::Kind::kChoice: {
                std::vector<Reading> out;
                for (const auto inner : part.parts) {
                    auto some = this->part(inner, at);
                    std::move(some.begin(), some.end(), std::back_inserter(out));
                }
                return out;
            }
            case Part::Kind::kAnyOrder:
                return any_order(part, at);
            default:
                return sequence(part, at);
        }
    }

    std::vector<Reading> sequence(const Part& sequence, std::size_t at) {
        std::vector<Reading> now = {{at, {}}};
        for (const auto inner : sequence.parts) {
            std::vector<Reading> next;
            for (const auto& before : now) {
                for (auto& reading : part(inner, before.end)) {
                    reading.senses.insert(reading.senses.begin(), before.senses.begin(),
                                          before.senses.end());
                    next.push_back(std::move(reading));
                }
            }
            steps_ += next.size();
            now = std::move(next);
            if (now.empty() || spent()) return {};
        }
        return now;
    }

    // Parts in any order; what they mean stays in the order in which they are written.
    std::vector<Reading> any_order(const Part& parts, std::size_t at) {
        Partly start{at, {}};
        start.senses.resize(parts.parts.size());
        std::vector<Partly> now = {std::move(start)};
        std::vector<Reading> out;
        while (!now.empty() && !spent()) {
            std::vector<Partly> next;
            for (const auto& partly : now) {
                finish_any_order(parts, partly, out);
                for (std::size_t index = 0; index < partly.senses.size(); ++index) {
                    if (!partly.senses[index]) read_one_more(parts, index, partly, next);
                }
            }
            steps_ += next.size();
            now = std::move(next);
        }
        return out;
    }

    // One part behind those that were read; without a word of its own it is left to the end.
    void read_one_more(const Part& parts, std::size_t index, const Partly& partly,
                       std::vector<Partly>& next) {
        for (auto& reading : part(parts.parts[index], partly.end)) {
            if (reading.end == partly.end) continue;
            next.push_back({reading.end, partly.senses});
            next.back().senses[index] = std::move(reading.senses);
        }
    }

    // Ends when what is left may be left out.
    void finish_any_order(const Part& parts, const Partly& partly, std::vector<Reading>& out) {
        const auto end = partly.end;
        Reading reading{end, {}};
        for (std::size_t index = 0; index < partly.senses.size(); ++index) {
            if (const auto& senses = partly.senses[index]) {
                reading.senses.insert(reading.senses.end(), senses->begin(), senses->end());
                continue;
            }
            auto none = part(parts.parts[index], end);
            const auto empty = std::find_if(none.begin(), none.end(),
                                            [end](const Reading& one) { return one.end == end; });
            if (empty == none.end()) return;
            reading.senses.insert(reading.senses.end(), empty->senses.begin(), empty->senses.end());
        }
        out.push_back(std::move(reading));
    }

    std::vector<Reading> builtin(Builtin builtin, std::size_t at) {
        std::vector<Reading> out;
        if (builtin == Builtin::kContext) {
            for (auto end = at; end < words_.size() && linker_.is_context(words_[end]); ++end)
                out.push_back({end + 1, {}});
            return out;
        }
        const auto last = std::min(words_.size(), at + linker_.longest());
        for (auto end = at + 1; end <= last; ++end) {
            for (auto& term : linker_.meanings(builtin, words_, at, end))
                out.push_back({end, {std::move(term)}});
        }
        return out;
    }

    const Grammar& grammar_;
    const Linker& linker_;
    const std::vector<std::string>& words_;
    std::map<std::pair<std::size_t, std::size_t>, std::vector<Reading>> memory_;
    std::size_t steps_ = 0;
};

}  // namespace

std::optional<std::vector<TermPtr>> readings(const Grammar& grammar, const Linker& linker,
                                             const std::vector<std::string>& words) {
    if (words.size() > kMaxQuestionWords) return std::nullopt;
    Parser parser(grammar, linker, words);
    std::vector<TermPtr> out;
    for (const auto& reading : parser.rule(grammar.question_index(), 0)) {
        if (reading.end == words.size() && !reading.senses.empty())
            out.push_back(reading.senses[0]);
    }
    if (parser.spent()) return std::nullopt;
    return out;
}

}  // namespace altis::answers
