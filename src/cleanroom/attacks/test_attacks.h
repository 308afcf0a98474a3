// Attackers who know everything of two tables but one secret, whether the target is a customer, and
// weigh every answer that the lifetime budget lets them have by its exact likelihood. How well they
// do is their membership advantage: how much oftener they say "a customer" of one than of somebody
// who is none. (e^epsilon - 1) / (e^epsilon + 1) bounds it for anything that is epsilon-DP.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <memory>
#include <set>
#include <string_view>

#include "cleanroom/attacks/test_engines.h"

namespace altis::cleanroom::attacks {

inline codec::Json conditions(std::string_view column, const std::vector<std::string>& values) {
    codec::Json is = codec::Json::array();
    for (const std::string& value : values)
        is.push(value);
    return codec::Json::array({codec::Json::object({{"column", column}, {"is", std::move(is)}})});
}

inline codec::Json where(codec::Json left, codec::Json right = codec::Json::array()) {
    return codec::Json::object(
        {{"left_where", std::move(left)}, {"right_where", std::move(right)}});
}

// What an attacker looks at.
enum class Sight : std::uint8_t {
    kFigures,  // everything
    kShape,    // only which figures are there and which questions fail
};

// How likely an answer is for an exact count, up to a factor that is the same for all counts.
struct NoiseModel {
    bool is_exact = false;
    double rate = 0;  // epsilon / sensitivity

    static constexpr double kImpossible = -1e9;

    double log_value(double value, double count) const {
        if (is_exact) return value == count ? 0 : kImpossible;
        return -std::abs(value - count) * rate;
    }
    // The figure is withheld: count + noise is below the minimum.
    double log_below(std::int64_t minimum, std::int64_t count) const {
        const std::int64_t most = minimum - 1 - count;
        if (is_exact) return most >= 0 ? 0 : kImpossible;
        return std::log(cumulative(most));
    }
    double log_not_below(std::int64_t minimum, std::int64_t count) const {
        const std::int64_t most = minimum - 1 - count;
        if (is_exact) return most < 0 ? 0 : kImpossible;
        return std::log(cumulative(-most - 1));
    }

  private:
    // P(noise <= most); the noise is as likely to be above its negative.
    double cumulative(std::int64_t most) const {
        const double q = std::exp(-rate);
        if (most < 0) return std::pow(q, static_cast<double>(-most)) / (1 + q);
        return 1 - std::pow(q, static_cast<double>(most + 1)) / (1 + q);
    }
};

inline NoiseModel model_of(const Engine& engine, MicroEpsilon epsilon) {
    constexpr double kSensitivity = 2;  // a person who is replaced leaves one cell for another
    return {engine.is_exact(),
            static_cast<double>(epsilon) / kMicroEpsilonPerEpsilon / kSensitivity};
}

// What answers say for the target's being a customer: the logarithm of the likelihood ratio.
class Evidence {
  public:
    explicit Evidence(const Engine& engine, Sight sight = Sight::kFigures)
        : engine_(engine), sight_(sight) {}

    // Whether the engine answered. An answer that is given again says nothing new.
    bool add(const Question& question, const Reply& reply) {
        if (reply.figures.is_null() && reply.refusal != "rooms.group_too_small") return false;
        if (!seen_.insert(reply.charge).second) return true;
        const Counts& counts = counts_of(question.parameters);
        const NoiseModel model = model_of(engine_, question.epsilon);
        for (std::size_t cell = 0; cell < counts.with.size(); ++cell) {
            const bool is_shown =
                !reply.figures.is_null() && !reply.figures.items()[cell].contains("withheld");
            const double value = is_shown ? reply.figures.items()[cell]["value"].as_double() : 0;
            const auto likelihood = [&](std::int64_t count) {
                if (!is_shown) return model.log_below(kSmallestShown, count);
                if (sight_ == Sight::kShape) return model.log_not_below(kSmallestShown, count);
                return model.log_value(value, static_cast<double>(count));
            };
            ratio_ += likelihood(counts.with[cell]) - likelihood(counts.without[cell]);
        }
        return true;
    }

    std::size_t answers() const { return seen_.size(); }
    double ratio() const { return ratio_; }
    bool says_yes(SeededBits& chance) const {
        return ratio_ > 0 || (ratio_ == 0 && chance.chance(0.5));
    }

    struct Counts {
        std::vector<std::int64_t> without;
        std::vector<std::int64_t> with;
    };
    // What a question would count were the secret the one or the other; known to every attacker.
    static const Counts& counts_of(const codec::Json& parameters) {
        static std::map<std::string, Counts, std::less<>> known;
        const std::string key = parameters.to_string();
        const auto found = known.find(key);
        if (found != known.end()) return found->second;
        const auto exact = [&](bool target) {
            const Town& town = town_of({target});
            const NamedSchema schemas[] = {{"left", &town.left.schema},
                                           {"right", &town.right.schema}};
            const QueryTemplate& query = cells_template();
            const codec::Json bound = bind(query, fill_parameters(query, parameters).value());
            const std::array<const TableData*, 2> tables = {&town.left, &town.right};
            return count(plan_from_json(bound, schemas).value().plan, tables).persons;
        };
        return known.emplace(key, Counts{exact(false), exact(true)}).first->second;
    }

  private:
    const Engine& engine_;
    Sight sight_;
    std::set<std::uint64_t> seen_;
    double ratio_ = 0;
};

// ---- attacks: each says whether the target is a customer ----

// One question of the whole budget: how many of all people are customers.
inline bool ask_once(Engine& engine, SeededBits& chance) {
    Evidence evidence(engine);
    const Question question = engine.question(0, where(codec::Json::array()), kLifetime);
    evidence.add(question, engine.ask(question));
    return evidence.says_yes(chance);
}

inline std::vector<std::string> seats_from(std::size_t first) {
    std::vector<std::string> seats;
    for (std::size_t i = first; i < kMaxParameterValues; ++i)
        seats.push_back("s" + std::to_string(i));
    return seats;
}

// Two large groups that differ in the target alone.
inline bool differencing(Engine& engine, SeededBits& chance) {
    Evidence evidence(engine);
    for (const std::size_t first : {0, 1}) {
        const Question question =
            engine.question(0, where(conditions("seat", seats_from(first))), kLifetime / 2);
        evidence.add(question, engine.ask(question));
    }
    return evidence.says_yes(chance);
}

// The same question again and again: one answer, paid for once.
inline bool same_question(Engine& engine, SeededBits& chance) {
    constexpr int kTimes = 20;
    Evidence evidence(engine);
    const Question question = engine.question(0, where(codec::Json::array()), kLifetime);
    for (int i = 0; i < kTimes; ++i)
        evidence.add(question, engine.ask(question));
    return evidence.says_yes(chance);
}

// The same question in other words, as often as the budget lets it pass.
inline bool rephrased(Engine& engine, SeededBits& chance) {
    constexpr int kTimes = 24;
    Evidence evidence(engine);
    std::vector<std::string> tiers = {"t0", "t1", "t2", "t3"};
    for (int i = 0; i < kTimes; ++i) {
        std::rotate(tiers.begin(), tiers.begin() + 1, tiers.end());
        if (i % 4 == 3) tiers.push_back(tiers.front());
        const Question question =
            engine.question(0, where(conditions("tier", tiers)), kLifetime / 2);
        if (!evidence.add(question, engine.ask(question))) break;
    }
    return evidence.says_yes(chance);
}

// Four organisations, each with a room of its own, put their answers together.
inline constexpr std::size_t kColluders = 4;
inline bool collusion(Engine& engine, SeededBits& chance) {
    Evidence evidence(engine);
    for (std::size_t asker = 0; asker < kColluders; ++asker) {
        const Question question = engine.question(asker, where(codec::Json::array()), kLifetime);
        evidence.add(question, engine.ask(question));
    }
    return evidence.says_yes(chance);
}

// Random questions are tried on what is known, and those that tell most about the secret are asked.
inline bool query_search(Engine& engine, SeededBits& chance) {
    constexpr std::size_t kTried = 24;
    constexpr std::size_t kAsked = 4;
    const auto some_of = [&](std::string_view column, std::string_view prefix, std::size_t count) {
        std::vector<std::string> values;
        for (std::size_t i = 0; i < count; ++i)
            if (chance.chance(0.6)) values.push_back(std::string(prefix) + std::to_string(i));
        if (values.empty()) values.push_back(std::string(prefix) + "0");
        return conditions(column, values);
    };
    std::multimap<std::int64_t, codec::Json, std::greater<>> best;
    for (std::size_t i = 0; i < kTried; ++i) {
        const codec::Json left =
            chance.chance(0.5) ? some_of("tier", "t", 4) : some_of("home", "h", 6);
        const codec::Json right =
            chance.chance(0.5) ? codec::Json::array() : some_of("cabin", "c", 3);
        codec::Json parameters = where(left, right);
        const auto& counts = Evidence::counts_of(parameters);
        std::int64_t tells = 0;
        for (std::size_t cell = 0; cell < counts.with.size(); ++cell) {
            const bool is_hidden =
                std::min(counts.with[cell], counts.without[cell]) < kSmallestShown;
            if (!is_hidden) tells += std::abs(counts.with[cell] - counts.without[cell]);
        }
        best.emplace(tells, std::move(parameters));
    }
    Evidence evidence(engine);
    for (const auto& [tells, parameters] : best) {
        if (evidence.answers() == kAsked) break;
        const Question question =
            engine.question(0, parameters, kLifetime / static_cast<MicroEpsilon>(kAsked));
        if (!evidence.add(question, engine.ask(question))) break;
    }
    return evidence.says_yes(chance);
}

// What an owner can do that brings lists to find out who of them the other knows: suspects hidden
// among people whose answer is known, and each time the subset of them about which least is known.
// Every combination of customers among the suspects has its exact probability.
class OverlapSearch {
  public:
    static constexpr std::size_t kSuspects = 8;
    static constexpr std::size_t kFirstKnown = 40;
    static constexpr int kRounds = 16;

    OverlapSearch(Engine& engine, SeededBits& chance) : engine_(engine), chance_(chance) {
        weights_.fill(1.0 / static_cast<double>(weights_.size()));
        for (std::size_t i = kFirstKnown; i < kPeople; ++i)
            known_customers_ += static_cast<std::int64_t>(i % 2);
    }

    // Whether the budget allowed it.
    bool ask() {
        const std::uint32_t subset = least_known();
        std::vector<std::size_t> people;
        for (std::size_t i = 0; i < kPeople; ++i)
            if (i >= kFirstKnown || (i < kSuspects && (subset >> i & 1) != 0)) people.push_back(i);
        engine_.bring(left_of(people));
        const Question question =
            engine_.question(0, where(codec::Json::array()), kLifetime / kParts);
        const Reply reply = engine_.ask(question);
        if (reply.figures.is_null()) return false;
        learn(subset, static_cast<std::int64_t>(people.size()), reply.figures,
              model_of(engine_, question.epsilon));
        return true;
    }

    // Of the target, suspect 0.
    double probability() const {
        double sum = 0;
        for (std::uint32_t state = 1; state < weights_.size(); state += 2)
            sum += weights_[state];
        return sum;
    }

  private:
    static constexpr MicroEpsilon kParts = 4;  // of the budget
    static constexpr int kCandidates = 16;

    double variance_of(std::uint32_t subset) const {
        double mean = 0;
        double squares = 0;
        for (std::uint32_t state = 0; state < weights_.size(); ++state) {
            const auto customers = static_cast<double>(std::popcount(state & subset));
            mean += weights_[state] * customers;
            squares += weights_[state] * customers * customers;
        }
        return squares - mean * mean;
    }

    std::uint32_t least_known() {
        std::uint32_t best = 0;
        double most = -1;
        for (int i = 0; i < kCandidates; ++i) {
            const auto subset = static_cast<std::uint32_t>(1 + chance_.below(weights_.size() - 1));
            const double variance = variance_of(subset);
            if (variance > most) {
                most = variance;
                best = subset;
            }
        }
        return best;
    }

    void learn(std::uint32_t subset, std::int64_t people, const codec::Json& figures,
               const NoiseModel& model) {
        double sum = 0;
        for (std::uint32_t state = 0; state < weights_.size(); ++state) {
            const std::int64_t customers = known_customers_ + std::popcount(state & subset);
            const std::array<std::int64_t, 2> cells = {people - customers, customers};
            double likelihood = 0;
            for (std::size_t cell = 0; cell < cells.size(); ++cell) {
                const codec::Json& figure = figures.items()[cell];
                likelihood += figure.contains("withheld")
                                  ? model.log_below(kSmallestShown, cells[cell])
                                  : model.log_value(figure["value"].as_double(),
                                                    static_cast<double>(cells[cell]));
            }
            weights_[state] *= std::exp(likelihood);
            sum += weights_[state];
        }
        for (double& weight : weights_)
            weight /= sum;
    }

    Engine& engine_;
    SeededBits& chance_;
    std::int64_t known_customers_ = 0;
    std::array<double, 1U << kSuspects> weights_{};
};

inline bool adaptive_overlap(Engine& engine, SeededBits& chance) {
    OverlapSearch search(engine, chance);
    for (int round = 0; round < OverlapSearch::kRounds; ++round)
        if (!search.ask()) break;
    const double probability = search.probability();
    return probability > 0.5 || (probability == 0.5 && chance.chance(0.5));
}

// Only whether groups are withheld and questions fail, for groups that are just large enough with
// the target, or just too small.
inline bool null_and_errors(Engine& engine, SeededBits& chance) {
    // Left groups that hold the target, up to the one in which the customers are ten with it.
    static const std::vector<std::string> seats = [] {
        std::vector<std::string> first = {"s0"};
        for (std::size_t i = 1;
             Evidence::counts_of(where(conditions("seat", first))).with[1] < kSmallestShown; ++i)
            first.push_back("s" + std::to_string(i));
        return first;
    }();
    Evidence evidence(engine, Sight::kShape);
    for (const std::string_view epsilon : {"a", "b", "c", "d"}) {
        std::vector<std::string> again = seats;
        for (char c = 'a'; c < epsilon.front(); ++c)
            again.push_back("s0");
        const Question question =
            engine.question(0, where(conditions("seat", again)), kLifetime / 4);
        if (!evidence.add(question, engine.ask(question))) break;
    }
    return evidence.says_yes(chance);
}

// ---- measuring ----

struct Attack {
    std::string_view name;
    bool (*guess)(Engine& engine, SeededBits& chance);
    std::size_t suspects = 1;  // the target, and others of whom the attacker knows as little
    std::size_t askers = 1;
};

inline constexpr Attack kCollusion = {"collusion of four consumers", collusion, 1, kColluders};

inline constexpr std::array<Attack, 8> kAttacks = {{
    {"membership by one overlap count", ask_once},
    {"adaptive overlap counts", adaptive_overlap, OverlapSearch::kSuspects},
    {"differencing", differencing},
    {"averaging, the same question", same_question},
    {"averaging, re-phrased", rephrased},
    kCollusion,
    {"automated query search", query_search},
    {"NULL, error and withholding oracles", null_and_errors},
}};

// How much oftener an attacker says yes of a customer than of somebody else, and its standard
// error.
class Advantage {
  public:
    void add(bool is_customer, bool says_yes) {
        const std::size_t of = is_customer ? 1 : 0;
        ++trials_[of];
        yes_[of] += says_yes ? 1 : 0;
    }
    double value() const { return share(1, 0) - share(0, 0); }
    // Of one success and one failure more, so that it is never 0.
    double standard_error() const {
        double variance = 0;
        for (const std::size_t of : {0, 1}) {
            const double p = share(of, 1);
            variance += p * (1 - p) / trials_[of];
        }
        return std::sqrt(variance);
    }

  private:
    double share(std::size_t of, double more) const {
        return (yes_[of] + more) / (trials_[of] + 2 * more);
    }

    std::array<double, 2> trials_{};
    std::array<double, 2> yes_{};
};

// The most that epsilon allows.
inline double bound_of(MicroEpsilon epsilon) {
    return std::tanh(static_cast<double>(epsilon) / kMicroEpsilonPerEpsilon / 2);
}

// Who is attacked: the product, what others do, or the product's noise with a budget for each
// consumer.
enum class Against : std::uint8_t { kRoom, kThresholds, kBudgetEach };

inline std::unique_ptr<Engine> engine_of(Against against, const Town& town, std::size_t askers,
                                         SeededBits& seeds) {
    switch (against) {
        case Against::kRoom:
            return std::make_unique<RoomEngine>(town, askers, seeds);
        case Against::kThresholds:
            return std::make_unique<ThresholdEngine>(town);
        case Against::kBudgetEach:
            return std::make_unique<BudgetEachEngine>(town, askers, seeds);
    }
    return nullptr;
}

// Half of the trials with the target among the customers, half without.
inline Advantage measure(const Attack& attack, Against against, int trials, SeededBits& bits) {
    Advantage advantage;
    for (int i = 0; i < trials; ++i) {
        std::vector<bool> members = {i % 2 == 0};
        while (members.size() < attack.suspects)
            members.push_back(bits.chance(0.5));
        const auto engine = engine_of(against, town_of(members), attack.askers, bits);
        advantage.add(members.front(), attack.guess(*engine, bits));
    }
    return advantage;
}

}  // namespace altis::cleanroom::attacks
