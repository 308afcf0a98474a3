// For tests: random rules as trees, which can be written out and be judged without the parser.
#pragma once

#include <cstdint>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "fans/features.h"

namespace altis::fans {

using Random = std::mt19937;

inline std::uint32_t pick(Random& random, std::uint32_t count) {
    return random() % count;
}

template <class Choices>
const auto& choose(Random& random, const Choices& choices) {
    return choices[pick(random, static_cast<std::uint32_t>(std::size(choices)))];
}

inline constexpr std::string_view kKinds[] = {"a", "b", "c"};
inline constexpr std::string_view kCategories[] = {"ticket", "merchandise"};
inline constexpr std::string_view kSports[] = {"luge", "curling"};
inline constexpr std::string_view kAthletes[] = {"7", "8"};
inline constexpr std::string_view kLanguages[] = {"it", "ja", "de"};
inline constexpr std::string_view kAreas[] = {"north", "south", "los-angeles"};
inline constexpr std::string_view kCurrencies[] = {"USD", "JPY"};

inline constexpr std::string_view kScoreIds[] = {"steps", "chance"};

struct Sign {
    std::string_view text;
    bool (*holds)(std::int64_t, std::int64_t);
};
inline constexpr Sign kSigns[] = {
    {">=", [](std::int64_t left, std::int64_t right) { return left >= right; }},
    {">", [](std::int64_t left, std::int64_t right) { return left > right; }},
    {"<=", [](std::int64_t left, std::int64_t right) { return left <= right; }},
    {"<", [](std::int64_t left, std::int64_t right) { return left < right; }},
    {"=", [](std::int64_t left, std::int64_t right) { return left == right; }},
    {"!=", [](std::int64_t left, std::int64_t right) { return left != right; }},
};

struct Part {
    std::int64_t coefficient = 1;
    Feature feature;
};

struct Side {
    std::vector<Part> parts;
    std::int64_t constant = 0;  // in the smallest unit
};

struct Tree {
    enum class Kind : std::uint8_t { kNumbers, kText, kAnd, kOr, kNot };
    Kind kind = Kind::kNumbers;
    Side left = {};
    Side right = {};
    const Sign* sign = nullptr;
    Measure measure = Measure::kArea;  // of kText
    std::string_view expected = {};    // of kText
    std::vector<Tree> children = {};
};

class TreeMaker {
  public:
    explicit TreeMaker(Random& random) : random_(random) {}

    Tree tree(int depth) {
        const std::uint32_t choice = depth == 0 ? 0 : pick(random_, 7);
        if (choice <= 1) return pick(random_, 5) == 0 ? text() : numbers();
        if (choice == 2) return {.kind = Tree::Kind::kNot, .children = {tree(depth - 1)}};
        Tree made{.kind = choice <= 4 ? Tree::Kind::kAnd : Tree::Kind::kOr};
        made.children = {tree(depth - 1), tree(depth - 1)};
        return made;
    }

  private:
    Tree text() {
        Tree made{.kind = Tree::Kind::kText, .sign = &kSigns[4 + pick(random_, 2)]};
        const bool area = pick(random_, 2) == 0;
        made.measure = area ? Measure::kArea : Measure::kLanguage;
        made.expected = area ? choose(random_, kAreas) : choose(random_, kLanguages);
        return made;
    }

    // Constants are of the grain of the values that the events bring, so that equality is common.
    Tree numbers() {
        const std::uint32_t unit = pick(random_, 4);
        const std::string_view currency = choose(random_, kCurrencies);
        const std::int64_t grain = unit == 0 ? 100 : unit == 1 ? 1250 : unit == 2 ? 1 : 250'000;
        Tree made{.sign = &choose(random_, kSigns)};
        made.left = side(unit, currency, 1 + pick(random_, 2));
        made.right = side(unit, currency, pick(random_, 3) == 0 ? 1 + pick(random_, 2) : 0);
        made.right.constant = grain * pick(random_, 5);
        if (pick(random_, 6) == 0) made.left.constant = grain * pick(random_, 3);
        return made;
    }

    Side side(std::uint32_t unit, std::string_view currency, std::uint32_t parts) {
        Side made;
        for (std::uint32_t i = 0; i < parts; ++i) {
            const std::int64_t coefficient = pick(random_, 2) == 0 ? 1 : 2 + pick(random_, 3);
            made.parts.push_back({coefficient, feature(unit, currency)});
        }
        return made;
    }

    Feature feature(std::uint32_t unit, std::string_view currency) {
        if (unit == 0) return {Measure::kDwell, choose(random_, kKinds)};
        if (unit == 1) return {Measure::kSpent, choose(random_, kCategories), currency};
        if (unit == 3) return {Measure::kScore, choose(random_, kScoreIds)};
        switch (pick(random_, 7)) {
            case 0:
                return {Measure::kViews, choose(random_, kKinds)};
            case 1:
                return {Measure::kBought, choose(random_, kCategories)};
            case 2:
                return {Measure::kBought, choose(random_, kCategories), choose(random_, kSports)};
            case 3:
                return {Measure::kAttended, choose(random_, kSports)};
            case 4:
                return {Measure::kOpened};
            case 5:
                return {Measure::kOrders};
            default:
                return {Measure::kFollows, choose(random_, kAthletes)};
        }
    }

    Random& random_;
};

inline std::string render(const Feature& feature) {
    std::string text(kMeasureNames[static_cast<std::size_t>(feature.measure)]);
    text.append("(").append(feature.first);
    // USD is what is meant when no currency is named.
    if (!feature.second.empty() && feature.second != "USD") {
        text.append(", ").append(feature.second);
    }
    return text.append(")");
}

inline std::string render_constant(std::int64_t value, const Feature& model) {
    if (model.measure != Measure::kSpent || model.second != "USD") return std::to_string(value);
    const std::string cents = std::to_string(100 + value % 100);
    return std::to_string(value / 100) + "." + cents.substr(1);
}

inline std::string render(const Side& side, const Feature& model) {
    std::string text;
    for (const Part& part : side.parts) {
        if (!text.empty()) text += " + ";
        if (part.coefficient != 1) text += std::to_string(part.coefficient) + " * ";
        text += render(part.feature);
    }
    if (!text.empty() && side.constant == 0) return text;
    return (text.empty() ? "" : text + " + ") + render_constant(side.constant, model);
}

inline std::string render(const Tree& tree);

// With parentheses only where "not" before "and" before "or" would read it otherwise.
inline std::string render_child(const Tree& child, Tree::Kind parent) {
    const bool pair = child.kind == Tree::Kind::kAnd || child.kind == Tree::Kind::kOr;
    const bool loose = (parent == Tree::Kind::kNot && pair) ||
                       (parent == Tree::Kind::kAnd && child.kind == Tree::Kind::kOr);
    return loose ? "(" + render(child) + ")" : render(child);
}

inline std::string render(const Tree& tree) {
    const auto child = [&](std::size_t i) { return render_child(tree.children[i], tree.kind); };
    switch (tree.kind) {
        case Tree::Kind::kNot:
            return "not " + child(0);
        case Tree::Kind::kAnd:
            return child(0) + " and " + child(1);
        case Tree::Kind::kOr:
            return child(0) + " or " + child(1);
        case Tree::Kind::kText:
            return std::string(tree.measure == Measure::kArea ? "area " : "language ") +
                   std::string(tree.sign->text) + " \"" + std::string(tree.expected) + "\"";
        case Tree::Kind::kNumbers:
            break;
    }
    const Feature& model = tree.left.parts.front().feature;
    return render(tree.left, model) + " " + std::string(tree.sign->text) + " " +
           render(tree.right, model);
}

}  // namespace altis::fans
