// A worker in the process of the test: the same bytes, without the walls.
#pragma once

#include <string>
#include <vector>

#include "cleanroom/sql/run.h"
#include "cleanroom/sql/worker.h"

namespace altis::cleanroom::sql {

class TestWorker : public Worker {
  public:
    Result<std::string> tree(std::string_view statement) const override {
        return run(tree_request(statement));
    }
    Result<std::vector<JobResult>> compute(std::span<const Job> jobs) const override {
        TRY(const std::string request, jobs_request(jobs));
        TRY(const std::string bytes, run(request));
        return read_answer(bytes, jobs);
    }

  private:
    Result<std::string> run(const std::string& request) const {
        std::string bytes;
        const bool is_answered = answer(engine_, read_request(request), [&](std::string_view part) {
            bytes += part;
            return true;
        });
        if (!is_answered) {
            // A failed statement may leave its table behind.
            engine_ = warehouse::RowExpressions::open(256).value();
            return sql_failed();
        }
        return bytes;
    }
    mutable warehouse::RowExpressions engine_ = warehouse::RowExpressions::open(256).value();
};

}  // namespace altis::cleanroom::sql
