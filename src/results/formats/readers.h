// The readers and writers behind formats.h, one file for each format.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "results/formats/result_list.h"

namespace altis::results::formats {

Result<ResultList> read_lenex(std::string_view text, const ReadOptions& options);
Result<ResultList> read_iof(std::string_view text, const ReadOptions& options);
Result<ResultList> read_csv(std::string_view text, const ReadOptions& options);
Result<ResultList> read_ndjson(std::string_view text, const ReadOptions& options);
Result<ResultList> read_mapped_xml(std::string_view text, const ReadOptions& options);

std::string write_sportsml(const ResultList& list);
Result<std::string> write_lenex(const ResultList& list);
Result<std::string> write_iof(const ResultList& list);
std::string write_csv(const ResultList& list);
std::string write_ndjson(const ResultList& list);

// The published result tables of Paris 2024, known by their columns.
bool is_paris_table(std::string_view text);
Result<ResultList> read_paris(std::string_view text, const ReadOptions& options);

}  // namespace altis::results::formats
