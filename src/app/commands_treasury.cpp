// altis rooms import, altis rooms datasets.
#include <algorithm>
#include <fmt/format.h>

#include "app/commands.h"
#include "cleanroom/data/schema.h"
#include "cleanroom/treasury/customer_rows.h"
#include "codec/csv.h"
#include "platform/file.h"
#include "warehouse/parquet.h"

namespace altis::app {
namespace {

using cleanroom::FileFormat;
using codec::Json;
using server::Method;

constexpr std::size_t kPartBytes = 8U << 20;
constexpr std::size_t kShownBadRows = 5;

Result<FileFormat> format_of(std::string_view file) {
    if (file.ends_with(".csv")) return FileFormat::kCsv;
    if (file.ends_with(".ndjson") || file.ends_with(".jsonl")) return FileFormat::kNdjson;
    if (file.ends_with(".parquet")) return FileFormat::kParquet;
    return fail(Code::kInvalid, "cli.format_unknown",
                "the file's name must end in .csv, .ndjson or .parquet");
}

// Where the first row ends at or behind `from`: behind a line feed outside of quotes.
std::size_t row_end(std::string_view text, std::size_t from, FileFormat format) {
    bool is_quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"' && format == FileFormat::kCsv) is_quoted = !is_quoted;
        if (text[i] == '\n' && !is_quoted && i + 1 >= from) return i + 1;
    }
    return text.size();
}

// A text in parts of whole rows; those of a CSV all begin with its header.
std::vector<std::string> parts_of(std::string_view text, FileFormat format) {
    const std::size_t header =
        format == FileFormat::kCsv ? row_end(text, 0, format) : std::size_t{0};
    std::string_view rest = text.substr(header);
    std::vector<std::string> parts;
    do {
        const std::size_t size = row_end(rest, std::min(kPartBytes, rest.size()), format);
        parts.push_back(std::string(text.substr(0, header)).append(rest.substr(0, size)));
        rest.remove_prefix(size);
    } while (!rest.empty());
    return parts;
}

// The columns that the data set wants, as the server knows them.
Result<std::vector<std::string>> wanted_columns(Client& client, const std::string& path) {
    TRY(const Json dataset, client.get(path));
    TRY(const cleanroom::Schema schema, cleanroom::schema_from_json(dataset["schema"]));
    return cleanroom::column_names(schema);
}

// A Parquet file has no parts of its own: its rows travel as CSV.
Result<std::vector<std::string>> parquet_parts(Client& client, const std::string& path,
                                               const std::string& file) {
    TRY(const auto wanted, wanted_columns(client, path));
    TRY(auto texts, warehouse::ParquetTexts::open(file));
    TRY_VOID(texts.select(wanted));
    std::string header;
    for (const std::string& name : wanted)
        header += (header.empty() ? "" : ",") + codec::csv_field(name);
    header += "\n";
    std::vector<std::string> parts = {header};
    while (true) {
        TRY(const auto rows, texts.next());
        if (rows.size() == 0) return parts;
        if (parts.back().size() > kPartBytes) parts.push_back(header);
        for (std::size_t row = 0; row < rows.size(); ++row) {
            for (std::size_t i = 0; i < rows.columns.size(); ++i)
                parts.back() += (i == 0 ? "" : ",") + codec::csv_field(rows.columns[i].text(row));
            parts.back() += "\n";
        }
    }
}

Result<std::vector<std::string>> read_parts(Client& client, const std::string& path,
                                            const DatasetCommand& command, FileFormat format) {
    if (format == FileFormat::kParquet) return parquet_parts(client, path, command.file);
    TRY(const std::string text, platform::read_file(platform::real_file_system(), command.file));
    TRY_VOID(cleanroom::check_encoding(format, text));
    return parts_of(text, format);
}

Result<Json> send_parts(Client& client, const std::string& path, const DatasetCommand& command,
                        FileFormat format) {
    TRY(const auto parts, read_parts(client, path, command, format));
    const std::string_view type =
        format == FileFormat::kNdjson ? "application/x-ndjson" : "text/csv";
    Json answer;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const bool is_last = i + 1 == parts.size();
        show_progress("read and tagged", i, parts.size());
        TRY(answer, client.send(Method::kPut,
                                fmt::format("{}?part={}&parts={}&duplicates={}", path, i + 1,
                                            parts.size(), command.duplicates),
                                type, parts[i]));
        if (is_last) show_progress("read and tagged", 1, 1);
    }
    show_progress("sorted, sealed and stored", 1, 1);
    return answer;
}

Result<Json> import(Client& client, const DatasetCommand& command) {
    TRY(const FileFormat format, format_of(command.file));
    const std::string path = "/v1/treasury/" + path_segment(command.dataset);
    if (!command.schema_file.empty()) {
        TRY(const std::string schema,
            platform::read_file(platform::real_file_system(), command.schema_file));
        TRY_VOID(client.send(Method::kPut, path + "/schema", "application/json", schema));
    }
    return send_parts(client, path, command, format);
}

void print_counts(std::string_view what, const Json& counts) {
    for (const auto& [column, count] : counts.members())
        fmt::print("  {} {}: {}\n", count.as_int(), what, column);
}

void print_summary(const Json& answer) {
    fmt::print("{}: {} rows of {} persons, from {} rows read\n", answer["dataset"].as_string(),
               answer["rows"].as_int(), answer["people"].as_int(), answer["rows_read"].as_int());
    fmt::print("commitment {}\n", answer["commitment"].as_string());
    fmt::print("  {} without consent, {} beyond the rows of a person, {} bad\n",
               answer["without_consent"].as_int(), answer["duplicates"].as_int(),
               answer["bad"].as_int());
    print_counts("moved to the nearer bound in", answer["clamped"]);
    print_counts("with a value that is not declared in", answer["other"]);
    const auto& bad = answer["bad_rows"].items();
    for (std::size_t i = 0; i < std::min(bad.size(), kShownBadRows); ++i) {
        fmt::print("  line {} {}: {}\n", bad[i]["line"].as_int(), bad[i]["column"].as_string(),
                   bad[i]["detail"].as_string());
    }
    if (bad.size() > kShownBadRows) fmt::print("  ... --json shows up to 100 of them\n");
}

}  // namespace

int import_dataset(const Target& target, const DatasetCommand& command, Output output) {
    auto endpoint = find_endpoint(target);
    if (!endpoint) return report_error(endpoint.error());
    Client client(std::move(*endpoint));
    const auto answer = import(client, command);
    if (!answer) return report_error(answer.error());
    if (output == Output::kJson) {
        fmt::print("{}\n", answer->to_pretty_string());
    } else {
        print_summary(*answer);
    }
    return kExitSuccess;
}

}  // namespace altis::app
