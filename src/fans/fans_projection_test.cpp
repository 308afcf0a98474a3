#include "fans/fans_projection.h"

#include <gtest/gtest.h>

#include "fans/live_book.h"

namespace altis::fans {
namespace {

warehouse::Batch project(const std::vector<StoredRecord>& records) {
    std::vector<std::unique_ptr<const warehouse::Projection>> all;
    all.push_back(make_fan_events_projection());
    all.push_back(make_fans_forgotten_projection());
    const auto projections = warehouse::Projections::make(std::move(all));
    EXPECT_TRUE(projections.has_value());
    warehouse::Batch batch(projections->schema(), 0);
    for (const StoredRecord& stored : records)
        projections->project(as_record(stored, false), batch);
    return batch;
}

TEST(FansProjection, EverySignalIsARowWithoutIdentifiers) {
    LiveBook live;
    live.send_events(track("m-1", R"("userId":"fan-1")", "Order Completed", R"({"order_id":"o-1",
        "products":[{"category":"ticket","sport":"volleyball","price":80,"quantity":2}]})"));
    live.send_events(R"({"type":"page","messageId":"m-2","userId":"fan-1","name":"Home",)"
                     R"("context":{"timezone":"Asia/Tokyo"}})");
    live.send_events(R"({"type":"identify","messageId":"m-3","userId":"fan-1",)"
                     R"("traits":{"email":"fan-1@example.org"}})");
    const warehouse::Batch batch = project(live.records);
    const auto& columns = batch.tables().at(0).columns;
    ASSERT_EQ(batch.tables().at(0).rows(), 4U);
    const auto cell = [&](std::string_view name, std::size_t row) {
        const auto projection = make_fan_events_projection();
        const auto specs = projection->tables().at(0).columns;
        for (std::size_t i = 0; i < specs.size(); ++i) {
            if (specs[i].name == name) return columns[i + warehouse::kLeadingColumns].at(row);
        }
        return warehouse::Value(warehouse::Null());
    };
    EXPECT_EQ(columns[1].number(0), to_number(live.fan("fan-1")));
    EXPECT_EQ(cell("kind", 0), warehouse::Value("ordered"));
    EXPECT_EQ(cell("amount_minor", 0), warehouse::Value(std::int64_t{16'000}));
    EXPECT_EQ(cell("kind", 1), warehouse::Value("bought"));
    EXPECT_EQ(cell("item", 1), warehouse::Value("ticket"));
    EXPECT_EQ(cell("sport", 1), warehouse::Value("volleyball"));
    EXPECT_EQ(cell("quantity", 1), warehouse::Value(std::int64_t{2}));
    EXPECT_EQ(cell("name", 2), warehouse::Value("Home"));
    EXPECT_EQ(cell("kind", 2), warehouse::Value(warehouse::Null()));
    for (const warehouse::Column& column : columns) {
        if (column.type() != warehouse::Type::kText) continue;
        for (std::size_t row = 0; row < column.size(); ++row) {
            EXPECT_EQ(column.text(row).find("fan-1"), std::string_view::npos);
            EXPECT_EQ(column.text(row).find("o-1"), std::string_view::npos);
        }
    }
}

TEST(FansProjection, TheForgottenGo) {
    LiveBook live;
    live.send_events(viewed("m-1", R"("userId":"fan-1")", "news", 1));
    const std::vector<SubjectId> subjects = live.forget("fan-1");
    EXPECT_EQ(project(live.records).forgotten(), subjects);
}

}  // namespace
}  // namespace altis::fans
