#include "service/projector.h"

#include <utility>

#include "fans/fans_projection.h"
#include "results/results_projection.h"

namespace altis::service {
namespace {

constexpr Duration kQueryDeadline = seconds(30);
constexpr Duration kCatchUpDeadline = seconds(30);
constexpr std::size_t kSubjectsPerPlan = 500;

warehouse::Plan count_about(const std::string& table,
                            const std::vector<warehouse::Value>& subjects) {
    warehouse::Plan plan;
    plan.shape = warehouse::Shape::kGroups;
    plan.table = table;
    plan.filter = warehouse::one_of({"subject"}, subjects);
    plan.aggregates.push_back({warehouse::Function::kCount, {}, "rows"});
    return plan;
}

}  // namespace

Result<warehouse::Projections> all_projections() {
    std::vector<std::unique_ptr<const warehouse::Projection>> projections;
    projections.push_back(fans::make_fan_events_projection());
    projections.push_back(fans::make_fans_forgotten_projection());
    for (auto& projection : results::results_projections()) {
        projections.push_back(std::move(projection));
    }
    return warehouse::Projections::make(std::move(projections));
}

Result<std::unique_ptr<Projector>> Projector::start(platform::FileSystem& files,
                                                    journal::Journal& journal,
                                                    const warehouse::DuckdbOptions& options) {
    TRY(auto projections, all_projections());
    std::unique_ptr<Projector> projector(new Projector(std::move(projections)));
    TRY(projector->engine_, warehouse::open_duckdb(files, options));
    TRY(projector->feeder_,
        warehouse::Feeder::start(journal, *projector->engine_, projector->projections_, {}));
    return projector;
}

Result<std::uint64_t> Projector::erase(const std::vector<SubjectId>& subjects) {
    TRY(const warehouse::Erased erased, feeder_->erase(subjects));
    return erased.rows;
}

Result<void> Projector::finish_erasures(const std::vector<SubjectId>& forgotten) {
    if (forgotten.empty()) return {};
    bool is_left = engine_->has_residue();
    if (!is_left) {
        TRY(const std::uint64_t rows, rows_about(forgotten));
        is_left = rows > 0;
    }
    if (!is_left) return {};
    TRY_VOID(feeder_->erase(forgotten));
    return {};
}

Result<std::uint64_t> Projector::rows_about(const std::vector<SubjectId>& subjects) {
    std::uint64_t rows = 0;
    for (std::size_t first = 0; first < subjects.size(); first += kSubjectsPerPlan) {
        std::vector<warehouse::Value> values;
        for (std::size_t i = first; i < subjects.size() && i < first + kSubjectsPerPlan; ++i) {
            values.emplace_back(static_cast<std::int64_t>(to_number(subjects[i])));
        }
        for (const auto& table : projections_.schema().tables()) {
            TRY(const auto counted, engine_->run(count_about(table.name, values), kQueryDeadline));
            rows += static_cast<std::uint64_t>(counted.column("rows").number(0));
        }
    }
    return rows;
}

Result<void> Projector::wait_until(journal::Offset offset) {
    return feeder_->wait_until(offset, kCatchUpDeadline);
}

Result<codec::Json> Projector::state() {
    const warehouse::FeederStats stats = feeder_->stats();
    codec::Json tables = codec::Json::object();
    for (const auto& table : projections_.schema().tables()) {
        TRY(const std::uint64_t rows, engine_->row_count(table.name));
        tables.set(table.name, rows);
    }
    codec::Json state = codec::Json::object(
        {{"committed_offset", stats.committed}, {"lag", stats.lag}, {"tables", tables}});
    if (stats.failure) state.set("failure", stats.failure->message);
    return state;
}

void Projector::stop() {
    if (feeder_) feeder_->stop();
}

}  // namespace altis::service
