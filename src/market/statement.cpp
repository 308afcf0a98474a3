#include "market/statement.h"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <vector>

#include "base/decimal.h"

namespace altis::market {
namespace {

using codec::Json;

struct AccountFigures {
    std::int64_t opening_minor = 0;
    std::int64_t change_minor = 0;
};

struct Line {
    const Entry* entry = nullptr;
    std::int64_t amount_minor = 0;
    int share_basis_points = 0;
};

// What a statement holds for one currency.
struct Block {
    std::int64_t opening_minor = 0;
    std::vector<Line> lines;
    std::map<std::string, AccountFigures> accounts;
};

using Blocks = std::map<std::string, Block>;  // by currency

bool belongs_to(const Posting& posting, std::string_view organisation) {
    const std::string_view account = posting.account;
    return account.size() > organisation.size() && account.starts_with(organisation) &&
           account[organisation.size()] == '/';
}

bool is_receivable(const Posting& posting) {
    return std::string_view(posting.account).substr(posting.account.find('/') + 1) == kReceivable;
}

// What the customers paid, or got back, in the currency of the line.
std::int64_t gross_of(const Entry& entry, std::string_view currency) {
    std::int64_t gross = 0;
    for (const Posting& posting : entry.postings) {
        if (posting.currency == currency && is_receivable(posting)) gross += posting.amount_minor;
    }
    return gross;
}

void add_to_lines(Block& block, const Entry& entry, const Posting& posting) {
    if (block.lines.empty() || block.lines.back().entry != &entry) {
        block.lines.push_back({&entry, 0, 0});
    }
    Line& line = block.lines.back();
    line.amount_minor -= posting.amount_minor;
    line.share_basis_points += posting.share_basis_points;
}

void add_posting(Blocks& blocks, const Entry& entry, const Posting& posting, Time from) {
    Block& block = blocks[posting.currency];
    AccountFigures& figures = block.accounts[posting.account];
    const bool is_before = entry.time < from;
    (is_before ? figures.opening_minor : figures.change_minor) += posting.amount_minor;
    if (is_receivable(posting)) return;
    if (is_before) {
        block.opening_minor -= posting.amount_minor;
    } else {
        add_to_lines(block, entry, posting);
    }
}

Blocks gather(const LedgerBook& ledger, std::string_view organisation, const Period& period) {
    Blocks blocks;
    for (const auto& [id, entry] : ledger.entries()) {
        if (entry.time >= period.to) continue;
        for (const Posting& posting : entry.postings) {
            if (belongs_to(posting, organisation)) add_posting(blocks, entry, posting, period.from);
        }
    }
    return blocks;
}

Json text_or_null(const std::string& text) {
    return text.empty() ? Json() : Json(text);
}

// Of a share: what it is a share of.
Json gross_or_null(const Line& line, std::string_view currency) {
    if (line.share_basis_points <= 0) return {};
    return gross_of(*line.entry, currency);
}

Json line_json(const Line& line, std::string_view currency, std::int64_t balance_minor) {
    const Entry& entry = *line.entry;
    return Json::object({{"time", format_rfc3339(entry.time)},
                         {"entry", entry.id},
                         {"reason", entry.reason},
                         {"order", text_or_null(entry.order)},
                         {"campaign", text_or_null(entry.campaign)},
                         {"message", text_or_null(entry.message)},
                         {"gross_minor", gross_or_null(line, currency)},
                         {"share_basis_points", line.share_basis_points},
                         {"amount_minor", line.amount_minor},
                         {"balance_minor", balance_minor}});
}

Json accounts_json(const Block& block) {
    Json accounts = Json::array();
    for (const auto& [account, figures] : block.accounts) {
        accounts.push(
            Json::object({{"account", account},
                          {"opening_minor", figures.opening_minor},
                          {"change_minor", figures.change_minor},
                          {"closing_minor", figures.opening_minor + figures.change_minor}}));
    }
    return accounts;
}

Json block_json(const std::string& currency, Block& block) {
    std::sort(block.lines.begin(), block.lines.end(), [](const Line& a, const Line& b) {
        return std::tie(a.entry->time, a.entry->id) < std::tie(b.entry->time, b.entry->id);
    });
    std::int64_t balance_minor = block.opening_minor;
    Json lines = Json::array();
    for (const Line& line : block.lines) {
        balance_minor += line.amount_minor;
        lines.push(line_json(line, currency, balance_minor));
    }
    return Json::object({{"currency", currency},
                         {"opening_minor", block.opening_minor},
                         {"closing_minor", balance_minor},
                         {"lines", std::move(lines)},
                         {"accounts", accounts_json(block)}});
}

std::string amount_text(const Json& minor) {
    return Decimal(minor.as_int(), 2).to_string();
}

// "12.5 %" from basis points, exactly.
std::string share_text(std::int64_t basis_points) {
    return basis_points == 0 ? "" : Decimal(basis_points, 2).to_string() + " %";
}

// Rows of texts, padded so that columns line up.
class TextTable {
  public:
    using Row = std::array<std::string, 8>;
    static constexpr std::size_t kFirstRightAligned = 4;

    void add(Row row) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths_[i] = std::max(widths_[i], row[i].size());
        }
        rows_.push_back(std::move(row));
    }

    std::string to_string() const {
        std::string out;
        for (const Row& row : rows_) {
            std::string line;
            for (std::size_t i = 0; i < row.size(); ++i)
                append_cell(line, row[i], i);
            line.erase(line.find_last_not_of(' ') + 1);
            out += line + "\n";
        }
        return out;
    }

  private:
    void append_cell(std::string& line, const std::string& cell, std::size_t column) const {
        const std::string padding(widths_[column] - cell.size(), ' ');
        if (column > 0) line += "  ";
        line += column >= kFirstRightAligned ? padding + cell : cell + padding;
    }

    std::vector<Row> rows_;
    std::array<std::size_t, 8> widths_{};
};

std::string block_text(const Json& block) {
    TextTable table;
    table.add({"time", "order", "reason", "campaign", "gross", "share", "amount", "balance"});
    table.add({"", "", "opening balance", "", "", "", "", amount_text(block["opening_minor"])});
    for (const Json& line : block["lines"].items()) {
        table.add({std::string(line["time"].as_string().substr(0, 19)),
                   std::string(line["order"].as_string("-").substr(0, 12)),
                   std::string(line["reason"].as_string()),
                   std::string(line["campaign"].as_string("unattributed")),
                   line["gross_minor"].is_null() ? "" : amount_text(line["gross_minor"]),
                   share_text(line["share_basis_points"].as_int()),
                   amount_text(line["amount_minor"]), amount_text(line["balance_minor"])});
    }
    table.add({"", "", "closing balance", "", "", "", "", amount_text(block["closing_minor"])});
    return table.to_string();
}

}  // namespace

Json statement(const LedgerBook& ledger, std::string_view organisation, const Period& period) {
    Blocks blocks = gather(ledger, organisation, period);
    Json currencies = Json::array();
    for (auto& [currency, block] : blocks)
        currencies.push(block_json(currency, block));
    return Json::object({{"organisation", organisation},
                         {"from", format_rfc3339(period.from)},
                         {"to", format_rfc3339(period.to)},
                         {"currencies", std::move(currencies)}});
}

std::string statement_text(const Json& statement) {
    std::string out = "Statement of " + std::string(statement["organisation"].as_string()) +
                      " from " + std::string(statement["from"].as_string().substr(0, 19)) + " to " +
                      std::string(statement["to"].as_string().substr(0, 19)) + " UTC\n";
    if (statement["currencies"].items().empty()) return out + "No entries.\n";
    for (const Json& block : statement["currencies"].items()) {
        out += "\nAmounts in " + std::string(block["currency"].as_string()) + "\n";
        out += block_text(block);
    }
    return out;
}

}  // namespace altis::market
