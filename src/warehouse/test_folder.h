// For tests: a folder that is gone afterwards, and the values and shapes that several of them
// share.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

#include "platform/file.h"
#include "warehouse/duckdb/duckdb_engine.h"
#include "warehouse/projection.h"

namespace altis::warehouse {

class TestFolder {
  public:
    TestFolder() {
        std::string path = (std::filesystem::temp_directory_path() / "warehouse-XXXXXX").string();
        if (mkdtemp(path.data()) == nullptr) std::abort();
        path_ = path;
    }
    ~TestFolder() { std::filesystem::remove_all(path_); }
    TestFolder(const TestFolder&) = delete;
    TestFolder& operator=(const TestFolder&) = delete;

    const std::string& path() const { return path_; }
    std::string file(const std::string& name) const { return path_ + "/store/" + name; }
    Result<std::unique_ptr<Engine>> open() const {
        DuckdbOptions options;
        options.folder = path_ + "/store";
        return open_duckdb(platform::real_file_system(), options);
    }
    Result<void> discard() const {
        return discard_duckdb(platform::real_file_system(), path_ + "/store");
    }
    // True when any file of the folder holds the bytes.
    bool holds(const std::string& marker) const {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(path_)) {
            if (!entry.is_regular_file()) continue;
            std::ifstream in(entry.path(), std::ios::binary);
            const std::string bytes{std::istreambuf_iterator<char>(in), {}};
            if (bytes.find(marker) != std::string::npos) return true;
        }
        return false;
    }

  private:
    std::string path_;
};

// "reason" of a failure, or "ok".
template <class T>
std::string reason_of(const Result<T>& result) {
    return result ? "ok" : result.error().reason;
}

// One table of sales: a record of type "shop.sold" with payload "<item>|<cents>" is one row.
class SalesProjection final : public Projection {
  public:
    std::string_view type() const override { return "shop.sold"; }
    std::vector<TableSpec> tables() const override {
        return {
            {"sales", {{"sold_at", Type::kTime}, {"item", Type::kText}, {"price", Type::kMinor}}}};
    }
    void project(const journal::Record& record, RowSink& sink) const override {
        const std::size_t bar = record.payload.find('|');
        sink.row(0)
            .time(record.time)
            .text(record.payload.substr(0, bar))
            .number(std::stoll(std::string(record.payload.substr(bar + 1))));
    }
};

// "fans.erased" with a subject's number as payload.
class ErasureProjection final : public Projection {
  public:
    std::string_view type() const override { return "fans.erased"; }
    std::vector<TableSpec> tables() const override { return {}; }
    void project(const journal::Record& record, RowSink& sink) const override {
        sink.forget(SubjectId{static_cast<std::uint32_t>(std::stoul(std::string(record.payload)))});
    }
};

inline Projections sales_projections() {
    std::vector<std::unique_ptr<const Projection>> list;
    list.push_back(std::make_unique<SalesProjection>());
    list.push_back(std::make_unique<ErasureProjection>());
    return std::move(*Projections::make(std::move(list)));
}

inline journal::Draft sale(std::uint32_t subject, const std::string& item, std::int64_t price) {
    return {"shop.sold", "owg2026", SubjectId{subject}, item + "|" + std::to_string(price)};
}

// Every cell of the table, in a fixed order.
inline Rows all_sales(Engine& engine) {
    Plan plan;
    plan.table = "sales";
    for (const char* name : {"journal_offset", "subject", "sold_at", "item", "price"}) {
        plan.columns.push_back({{name}});
    }
    auto rows = engine.run(plan, seconds(20));
    ALTIS_ASSERT(rows.has_value());
    return std::move(*rows);
}

}  // namespace altis::warehouse
