#include "results/formats/result_list.h"

#include <map>
#include <utility>

namespace altis::results::formats {

UnitResult new_unit(const ReadOptions& options, std::string_view rsc) {
    UnitResult made;
    made.unit.rsc = rsc;
    made.unit.edition = options.edition;
    made.unit.as_of = options.date + " 000000000";
    made.publication.unit = rsc;
    made.publication.edition = options.edition;
    made.publication.version = options.version;
    made.publication.status = ResultStatus::kOfficial;
    made.publication.source = "IMPORT";
    made.publication.written = made.unit.as_of;
    made.publication.logical_date = options.date;
    return made;
}

void refuse(ResultList& list, std::string place, const Error& error) {
    ++list.rows;
    ++list.rows_refused;
    if (list.refused.size() == kMaxImportRefusals) return;
    // The journal's own records are read by the same functions; here a sender is to blame.
    if (error.code == Code::kCorrupt) {
        list.refused.push_back({std::move(place), "import.value_malformed",
                                "a value is missing or none of those allowed; write it as an "
                                "export does"});
    } else {
        list.refused.push_back({std::move(place), error.reason, error.message});
    }
}

void mark_ties(std::vector<ResultLine>& lines) {
    std::map<int, int> holders;
    for (const ResultLine& line : lines)
        ++holders[line.rank];
    for (ResultLine& line : lines)
        line.rank_equal = line.rank > 0 && holders[line.rank] > 1;
}

OdfMessage message_of(const Publication& publication) {
    OdfMessage message;
    message.competition_code = publication.edition;
    for (char& c : message.competition_code) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    message.document_code = publication.unit;
    message.version = publication.version;
    message.status = publication.status;
    const std::size_t space = publication.written.find(' ');
    message.date = publication.written.substr(0, space);
    if (space != std::string::npos) message.time = publication.written.substr(space + 1);
    message.logical_date = publication.logical_date;
    message.source = publication.source;
    message.note = publication.note;
    message.results = publication.lines;
    message.extras = publication.extras;
    message.warnings = publication.warnings;
    return message;
}

}  // namespace altis::results::formats
