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

constexpr double kRounding = 1e6;  // figures have six digits after the point

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
    CellMap(const Plan& plan, Schemas schemas) : plan_(plan) {
        for (const Label& label : plan.labels)
            names_.push_back(value_names(label, schemas));
    }

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
            std::vector<bool> these(names_[*label].size());
            for (const std::string& value : values) {
                const auto found = std::ranges::find(names_[*label], value);
                if (found == names_[*label].end()) {
                    return invalid("the group '" + name + "' has no value '" + value + "'");
                }
                these[static_cast<std::size_t>(found - names_[*label].begin())] = true;
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
    const Plan& plan_;
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
            case FigureSpec::Kind::kSum:
            case FigureSpec::Kind::kMean:
                return sum(group);
        }
        return {};
    }

  private:
    using Cells = std::vector<std::size_t>;

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

    // Cells added up, as one number with the noise of them all.
    Noisy merged(const std::vector<Noisy>& parts) const {
        const auto count = static_cast<double>(parts.size());
        const Spread one = input_.shape.noise.persons().noise->spread();
        return {total(parts), {one.variance * count, one.kurtosis / std::max(count, 1.0)}};
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
        const Cells others = without(among, exposed);
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

    Outcome sum(const Wanted& group) const {
        const Cells cells = select(group, {&spec_.where});
        const auto people = persons(cells);
        if (is_small(people)) return {{}, "group_too_small"};
        const std::size_t index = sum_index(input_.shape.plan, spec_.sum);
        const Sum& sum = input_.shape.plan.sums[index];
        const CellNoise& noise = input_.shape.noise.sum(index);
        const auto step = static_cast<double>(noise.step);
        Spread spread = noise.noise->spread();
        spread.variance *= step * step;
        std::vector<Noisy> parts;
        Noisy all{0,
                  {spread.variance * static_cast<double>(cells.size()),
                   spread.kurtosis / std::max(static_cast<double>(cells.size()), 1.0)}};
        for (const std::size_t cell : cells) {
            parts.push_back({input_.cells.sums[index][cell], spread});
            all.value = add_saturated(all.value, input_.cells.sums[index][cell]);
        }
        const double unit = unit_of(spec_, input_.shape);
        Figure figure =
            spec_.kind == FigureSpec::Kind::kSum
                ? sum_figure(parts, input_.shape.confidence)
                : mean_figure(all, merged(people),
                              {static_cast<double>(sum.low), static_cast<double>(sum.high)},
                              input_.shape.confidence);
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

bool is_private(const Label& label, Schemas schemas) {
    const bool has_values =
        label.kind == Label::Kind::kDimension || label.kind == Label::Kind::kTouch;
    return has_values && schemas[label.input]->dimensions[label.column].domain == Domain::kPrivate;
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

Result<void> check_figures(std::span<const FigureSpec> figures, const Plan& plan, Schemas schemas) {
    const CellMap map(plan, schemas);
    for (const FigureSpec& figure : figures) {
        Wanted wanted = map.everything();
        TRY_VOID(map.narrow(wanted, figure.where));
        TRY_VOID(map.narrow(wanted, figure.among));
        TRY_VOID(map.narrow(wanted, figure.exposed));
        for (const Label& label : plan.labels) {
            if (!is_private(label, schemas)) continue;
            return invalid("the values of the group '" + label.name +
                           "' are private; declare them in the data set's schema");
        }
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
    const CellMap map(plan, input.shape.schemas);
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
