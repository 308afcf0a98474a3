#include "warehouse/projection.h"

namespace altis::warehouse {

class Projections::Sink final : public RowSink {
  public:
    Sink(const Entry& entry, const journal::Record& record, Batch& batch)
        : entry_(entry), record_(record), batch_(batch) {}

    RowWriter row(std::size_t table) override {
        ALTIS_ASSERT(table < entry_.tables.size());
        return batch_.row(entry_.tables[table], record_.offset, record_.subject);
    }
    void forget(SubjectId subject) override { batch_.forget(subject); }

  private:
    const Entry& entry_;
    const journal::Record& record_;
    Batch& batch_;
};

Result<Projections> Projections::make(std::vector<std::unique_ptr<const Projection>> projections) {
    Projections all;
    for (auto& projection : projections) {
        Entry entry;
        for (const TableSpec& spec : projection->tables()) {
            TRY(const std::size_t number, all.schema_.add(spec));
            entry.tables.push_back(number);
        }
        const std::string type(projection->type());
        entry.projection = std::move(projection);
        all.by_type_.emplace(type, std::move(entry));
    }
    return all;
}

void Projections::project(const journal::Record& record, Batch& batch) const {
    batch.reach(record.offset);
    if (record.erased) return;
    const auto [begin, end] = by_type_.equal_range(record.type);
    for (auto it = begin; it != end; ++it) {
        Sink sink(it->second, record, batch);
        it->second.projection->project(record, sink);
    }
}

}  // namespace altis::warehouse
