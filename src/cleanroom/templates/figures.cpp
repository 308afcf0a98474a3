#include "cleanroom/templates/figures.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/assert.h"
#include "cleanroom/plan/plan_json.h"

namespace altis::cleanroom {
namespace {

using codec::Json;
using Schemas = std::span<const Schema* const>;

// Figures have nine digits after the point: fewer would widen the interval of a share of millions.
constexpr double kRounding = 1e9;

tl::unexpected<Error> invalid(std::string message) {
    return fail(Code::kInvalid, "rooms.figure_invalid", std::move(message));
}

std::optional<std::size_t> label_index(const Plan& plan, std::string_view name) {
    const auto found = std::ranges::find(plan.labels, name, &Label::name);
    if (found == plan.labels.end()) return std::nullopt;
    return static_cast<std::size_t>(found - plan.labels.begin());
}

// Per label, which of its values are wanted.
using Wanted = std::vector<std::vector<bool>>;

// Cells of a plan by the values of their labels.
class CellMap {
  public:
    // `named`: NoisyCells::named. Before anything is counted a private label has no values.
    CellMap(const Plan& plan, Schemas schemas, const std::vector<std::string>& named = {})
        : plan_(plan), private_(private_label(plan, schemas)) {
        for (std::size_t i = 0; i < plan.labels.size(); ++i)
            names_.push_back(private_ == i ? named : value_names(plan.labels[i], schemas));
    }

    // The label whose values come from the data.
    std::optional<std::size_t> private_index() const { return private_; }

    const std::vector<std::string>& names(std::size_t label) const { return names_[label]; }

    Wanted everything() const {
        Wanted wanted;
        for (const auto& names : names_)
            wanted.emplace_back(names.size(), true);
        return wanted;
    }

    // Fails with "rooms.figure_invalid" for a value that a label does not have.
    Result<void> narrow(Wanted& wanted, const Selector& selector) const {
        for (const auto& [name, values] : selector) {
            const auto label = label_index(plan_, name);
            if (!label) return invalid("the plan has no group '" + name + "'");
            if (label == private_) {
                return invalid("the values of the group '" + name +
                               "' come from the data, so a figure cannot choose among them; make a "
                               "group of a condition (\"present\") instead");
            }
            std::vector<bool> these(names_[*label].size());
            for (const std::string& value : values) {
                const auto [first, last] = named_by(*label, value);
                if (first == last) {
                    return invalid("the group '" + name + "' has no value '" + value + "'");
                }
                std::fill(these.begin() + first, these.begin() + last, true);
            }
            for (std::size_t i = 0; i < these.size(); ++i)
                wanted[*label][i] = wanted[*label][i] && these[i];
        }
        return {};
    }

    std::vector<std::size_t> cells(const Wanted& wanted) const {
        std::vector<std::size_t> cells = {0};
        for (std::size_t label = 0; label < names_.size(); ++label) {
            std::vector<std::size_t> finer;
            for (const std::size_t cell : cells) {
                for (std::size_t value = 0; value < names_[label].size(); ++value) {
                    if (wanted[label][value]) finer.push_back(cell * names_[label].size() + value);
                }
            }
            cells = std::move(finer);
        }
        return cells;
    }

    static std::size_t count(const Wanted& wanted) {
        std::size_t cells = 1;
        for (const std::vector<bool>& label : wanted)
            cells *= static_cast<std::size_t>(std::ranges::count(label, true));
        return cells;
    }

  private:
    // The values that a text names: one, or of a frequency "3 or more"; first and behind the last.
    std::pair<std::ptrdiff_t, std::ptrdiff_t> named_by(std::size_t label,
                                                       const std::string& value) const {
        const std::vector<std::string>& names = names_[label];
        const auto found = std::ranges::find(names, value) - names.begin();
        const auto size = static_cast<std::ptrdiff_t>(names.size());
        if (found < size) return {found, found + 1};
        const bool is_frequency = plan_.labels[label].kind == Label::Kind::kFrequency;
        for (std::ptrdiff_t rows = 0; is_frequency && rows < size; ++rows)
            if (value == std::to_string(rows) + std::string(kOrMore)) return {rows, size};
        return {size, size};
    }

    const Plan& plan_;
    std::optional<std::size_t> private_;
    std::vector<std::vector<std::string>> names_;
};

std::size_t sum_index(const Plan& plan, std::string_view name) {
    const auto found = std::ranges::find(plan.sums, name, &Sum::name);
    return static_cast<std::size_t>(found - plan.sums.begin());
}

// What one smallest unit of a figure's measure is worth; 1 for persons.
double unit_of(const FigureSpec& spec, const FigureShape& shape) {
    if (spec.sum.empty()) return 1;
    const Sum& sum = shape.plan.sums[sum_index(shape.plan, spec.sum)];
    return std::pow(10.0, -shape.schemas[sum.input]->measures[sum.column].decimals);
}

// What is done for one combination of the values of a figure's groups.
struct Outcome {
    std::optional<Figure> figure;
    std::string_view withheld;
};

class FigureMaker {
  public:
    FigureMaker(const FigureSpec& spec, const FigureInput& input, const CellMap& map)
        : spec_(spec), input_(input), map_(map) {}

    // `group` is the figure's cells: those of one combination of its groups.
    Outcome make(const Wanted& group) const {
        switch (spec_.kind) {
            case FigureSpec::Kind::kCount:
                return count(group);
            case FigureSpec::Kind::kShare:
                return share(group, group);
            case FigureSpec::Kind::kDistribution:
                return share(group, map_.everything());
            case FigureSpec::Kind::kLift:
                return lift(group);
            case FigureSpec::Kind::kScore:
                return score(group);
            case FigureSpec::Kind::kAverage:
                return average(group);
            case FigureSpec::Kind::kSum:
            case FigureSpec::Kind::kMean:
                return sum(group);
        }
        return {};
    }

  private:
    using Cells = std::vector<std::size_t>;

    Wanted narrowed(Wanted wanted) const {
        ALTIS_ASSERT(map_.narrow(wanted, spec_.where).has_value());
        return wanted;
    }

    Cells select(Wanted wanted, std::initializer_list<const Selector*> selectors) const {
        for (const Selector* const selector : selectors)
            ALTIS_ASSERT(map_.narrow(wanted, *selector).has_value());
        return map_.cells(wanted);
    }

    static Cells without(const Cells& all, const Cells& part) {
        Cells rest;
        std::ranges::set_difference(all, part, std::back_inserter(rest));
        return rest;
    }

    std::vector<Noisy> persons(const Cells& cells) const {
        const Spread spread = input_.shape.noise.persons().noise->spread();
        std::vector<Noisy> parts;
        for (const std::size_t cell : cells)
            parts.push_back({input_.cells.persons[cell], spread});
        return parts;
    }

    static std::int64_t total(const std::vector<Noisy>& parts) {
        std::int64_t sum = 0;
        for (const Noisy& part : parts)
            sum = add_saturated(sum, part.value);
        return sum;
    }

    bool is_small(const std::vector<Noisy>& parts) const {
        return total(parts) < input_.minimum_group;
    }

    Outcome count(const Wanted& group) const {
        const auto parts = persons(select(group, {&spec_.where}));
        if (is_small(parts)) return {{}, "group_too_small"};
        return {count_figure(parts, input_.shape.confidence), {}};
    }

    Outcome share(const Wanted& group, const Wanted& whole) const {
        const Cells among = select(whole, {&spec_.among});
        const Cells part = select(group, {&spec_.among, &spec_.where});
        const auto rest = persons(without(among, part));
        const auto parts = persons(part);
        if (is_small(persons(among))) return {{}, "group_too_small"};
        return {share_figure(parts, rest, input_.shape.confidence), {}};
    }

    Split split(const Cells& cells, const Cells& acted) const {
        Cells with;
        std::ranges::set_intersection(cells, acted, std::back_inserter(with));
        return {merged(persons(with)), merged(persons(without(cells, acted)))};
    }

    Outcome lift(const Wanted& group) const {
        const Cells among = select(group, {&spec_.among});
        const Cells exposed = select(group, {&spec_.among, &spec_.exposed});
        const Cells acted = select(group, {&spec_.among, &spec_.where});
        return compare(exposed, without(among, exposed), acted);
    }

    Outcome score(const Wanted& group) const {
        const Cells everybody = select(map_.everything(), {&spec_.among});
        const Cells these = select(group, {&spec_.among});
        const Cells acted = select(map_.everything(), {&spec_.among, &spec_.where});
        return compare(these, without(everybody, these), acted);
    }

    // The rate of those who acted among some over that among others.
    Outcome compare(const Cells& exposed, const Cells& others, const Cells& acted) const {
        if (is_small(persons(exposed)) || is_small(persons(others))) {
            return {{}, "group_too_small"};
        }
        const Split interest = split(exposed, acted);
        const Split rest = split(others, acted);
        if (interest.with.value <= 0 || rest.with.value <= 0 || interest.without.value < 0 ||
            rest.without.value < 0) {
            return {{}, "too_imprecise"};
        }
        return {lift_figure(interest, rest, input_.shape.confidence), {}};
    }

    Outcome average(const Wanted& group) const {
        const Wanted wanted = narrowed(group);
        const std::size_t label = *label_index(input_.shape.plan, spec_.of);
        std::vector<Noisy> parts;
        std::vector<double> numbers;
        for (std::size_t rows = 0; rows < wanted[label].size(); ++rows) {
            if (!wanted[label][rows]) continue;
            Wanted these = wanted;
            these[label].assign(wanted[label].size(), false);
            these[label][rows] = true;
            parts.push_back(merged(persons(map_.cells(these))));
            numbers.push_back(static_cast<double>(rows));
        }
        if (total(parts) <= 0 || is_small(parts)) return {{}, "group_too_small"};
        return {average_figure(parts, numbers, input_.shape.confidence), {}};
    }

    // Cells of a sum, each with its noise.
    std::vector<Noisy> amounts(std::size_t index, const Cells& cells) const {
        const CellNoise& noise = input_.shape.noise.sum(index);
        Spread spread = noise.noise->spread();
        spread.variance *= static_cast<double>(noise.step) * static_cast<double>(noise.step);
        std::vector<Noisy> parts;
        for (const std::size_t cell : cells)
            parts.push_back({input_.cells.sums[index][cell], spread});
        return parts;
    }

    // Cells added up, as one number with the noise of them all.
    static Noisy merged(const std::vector<Noisy>& parts) {
        const auto count = static_cast<double>(parts.size());
        const Spread one = parts.empty() ? Spread{} : parts.front().noise;
        return {total(parts), {one.variance * count, one.kurtosis / std::max(count, 1.0)}};
    }

    // A mean of persons lies within what one adds, a mean of rows within what one holds, or 0.
    MeasureBounds bounds_of(const Sum& sum) const {
        if (spec_.per.empty()) {
            return {static_cast<double>(sum.low), static_cast<double>(sum.high)};
        }
        const Measure& measure = input_.shape.schemas[sum.input]->measures[sum.column];
        return {static_cast<double>(std::min<std::int64_t>(measure.low, 0)),
                static_cast<double>(std::max<std::int64_t>(measure.high, 0))};
    }

    Outcome sum(const Wanted& group) const {
        const Cells cells = select(group, {&spec_.where});
        const auto people = persons(cells);
        if (is_small(people)) return {{}, "group_too_small"};
        const Plan& plan = input_.shape.plan;
        const std::size_t index = sum_index(plan, spec_.sum);
        const auto parts = amounts(index, cells);
        const Confidence confidence = input_.shape.confidence;
        Figure figure;
        if (spec_.kind == FigureSpec::Kind::kSum) {
            figure = sum_figure(parts, confidence);
        } else {
            const auto below =
                spec_.per.empty() ? people : amounts(sum_index(plan, spec_.per), cells);
            figure =
                mean_figure(merged(parts), merged(below), bounds_of(plan.sums[index]), confidence);
        }
        const double unit = unit_of(spec_, input_.shape);
        figure.value *= unit;
        figure.low *= unit;
        if (figure.high) *figure.high *= unit;
        return {figure, {}};
    }

    const FigureSpec& spec_;
    const FigureInput& input_;
    const CellMap& map_;
};

// Rounded outwards, so that a rounded interval contains what the unrounded one did.
Json outcome_json(const FigureSpec& spec, Json by, const Outcome& outcome) {
    Json entry = Json::object({{"name", spec.name}});
    if (!spec.by.empty()) entry.set("by", std::move(by));
    if (!outcome.figure) {
        entry.set("withheld", outcome.withheld);
        return entry;
    }
    const Figure& figure = *outcome.figure;
    entry.set("value", std::round(figure.value * kRounding) / kRounding);
    entry.set("low", std::floor(figure.low * kRounding) / kRounding);
    entry.set("high", figure.high ? Json(std::ceil(*figure.high * kRounding) / kRounding) : Json());
    return entry;
}

// Calls `take` for every combination of the values of the figure's groups.
template <class Take>
void for_each_group(const FigureSpec& spec, const Plan& plan, const CellMap& map, std::size_t depth,
                    Wanted& wanted, Json& by, const Take& take) {
    if (depth == spec.by.size()) return take(wanted, by);
    const std::size_t label = *label_index(plan, spec.by[depth]);
    const std::vector<bool> before = wanted[label];
    for (std::size_t value = 0; value < before.size(); ++value) {
        if (!before[value]) continue;
        wanted[label].assign(before.size(), false);
        wanted[label][value] = true;
        by.set(spec.by[depth], map.names(label)[value]);
        for_each_group(spec, plan, map, depth + 1, wanted, by, take);
    }
    wanted[label] = before;
}

}  // namespace

namespace {

// Which numbers there are to be averaged is known for frequencies alone.
Result<void> check_average(const FigureSpec& figure, const Plan& plan) {
    if (figure.kind != FigureSpec::Kind::kAverage) return {};
    const auto label = label_index(plan, figure.of);
    if (label && plan.labels[*label].kind == Label::Kind::kFrequency) return {};
    return invalid("the average '" + figure.name +
                   "' needs the name of a group with \"count_up_to\" in \"of\"");
}

}  // namespace

Result<void> check_figures(std::span<const FigureSpec> figures, const Plan& plan, Schemas schemas) {
    const CellMap map(plan, schemas);
    for (const FigureSpec& figure : figures) {
        Wanted wanted = map.everything();
        TRY_VOID(map.narrow(wanted, figure.where));
        TRY_VOID(map.narrow(wanted, figure.among));
        TRY_VOID(map.narrow(wanted, figure.exposed));
        TRY_VOID(check_average(figure, plan));
    }
    return {};
}

Json expected_intervals(std::span<const FigureSpec> figures, const FigureShape& shape) {
    const CellMap map(shape.plan, shape.schemas);
    Json list = Json::array();
    for (const FigureSpec& spec : figures) {
        const bool is_sum = spec.kind == FigureSpec::Kind::kSum;
        if (!is_sum && spec.kind != FigureSpec::Kind::kCount) continue;
        Wanted wanted = map.everything();
        ALTIS_ASSERT(map.narrow(wanted, spec.where).has_value());
        for (const std::string& label : spec.by)
            wanted[*label_index(shape.plan, label)].assign(1, true);  // one of its values
        const std::size_t cells = CellMap::count(wanted);
        if (cells == 0 && map.private_index()) {
            list.push(Json::object({{"figure", spec.name}, {"cells", {}}, {"plus_minus", {}}}));
            continue;
        }
        const CellNoise& noise =
            is_sum ? shape.noise.sum(sum_index(shape.plan, spec.sum)) : shape.noise.persons();
        const double unit = unit_of(spec, shape) * static_cast<double>(noise.step);
        const std::vector<Weighted> terms(cells, {unit, noise.noise->spread()});
        const double width = half_width(terms, shape.confidence);
        list.push(Json::object({{"figure", spec.name},
                                {"cells", static_cast<std::uint64_t>(cells)},
                                {"plus_minus", std::ceil(width * kRounding) / kRounding}}));
    }
    return list;
}

Json figures_json(std::span<const FigureSpec> figures, const FigureInput& input) {
    const Plan& plan = input.shape.plan;
    const CellMap map(plan, input.shape.schemas, input.cells.named);
    Json list = Json::array();
    for (const FigureSpec& spec : figures) {
        const FigureMaker maker(spec, input, map);
        Wanted wanted = map.everything();
        Json by = Json::object();
        for_each_group(spec, plan, map, 0, wanted, by,
                       [&](const Wanted& group, const Json& values) {
                           list.push(outcome_json(spec, values, maker.make(group)));
                       });
    }
    return list;
}

}  // namespace altis::cleanroom
