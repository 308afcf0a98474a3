#include "results/results_projection.h"

#include <string>

#include "base/assert.h"
#include "results/records.h"

namespace altis::results {
namespace {

using warehouse::Type;

void write_line(warehouse::RowWriter row, const Publication& publication, const ResultLine& line) {
    row.text(publication.edition)
        .text(publication.unit)
        .number(publication.version)
        .text(to_string(publication.status))
        .text(line.competitor.code)
        .text(line.competitor.organisation);
    if (line.rank > 0) {
        row.number(line.rank);
    } else {
        row.null();
    }
    row.text(line.irm).text(line.result);
}

class ResultsProjection final : public warehouse::Projection {
  public:
    explicit ResultsProjection(std::string_view type) : type_(type) {}

    std::string_view type() const override { return type_; }

    std::vector<warehouse::TableSpec> tables() const override {
        return {{std::string(kResultsTable),
                 {{"edition", Type::kText},
                  {"unit", Type::kText},
                  {"version", Type::kInteger},
                  {"status", Type::kText},
                  {"competitor", Type::kText},
                  {"organisation", Type::kText},
                  {"rank", Type::kInteger},
                  {"irm", Type::kText},
                  {"result", Type::kText}}}};
    }

    void project(const journal::Record& record, warehouse::RowSink& sink) const override {
        const auto publication = read_publication(record.payload);
        ALTIS_ASSERT(publication.has_value());
        for (const ResultLine& line : publication->lines) {
            write_line(sink.row(0), *publication, line);
        }
    }

  private:
    std::string_view type_;
};

}  // namespace

std::vector<std::unique_ptr<const warehouse::Projection>> results_projections() {
    std::vector<std::unique_ptr<const warehouse::Projection>> projections;
    for (const std::string_view type : {records::kPublished, records::kSuperseded}) {
        projections.push_back(std::make_unique<ResultsProjection>(type));
    }
    return projections;
}

}  // namespace altis::results
