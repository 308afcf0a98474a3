// Since when the links to a fan's own page hold: whoever made them can end all that exist.
#pragma once

#include <map>
#include <span>

#include "base/subject.h"
#include "base/time.h"
#include "journal/book.h"

namespace altis::rights {

constexpr Duration kMaxPageLinkLife = days(1);

// Record type: "page_links.ended", {"subject"}, about nobody: it outlives the person's key
// and says nothing about the person. What is older than any link that it could end is forgotten
// with the next record.
class PageLinksBook final : public journal::Book {
  public:
    // Ends every link to this person's page that was made until then.
    journal::Decision end(SubjectId subject) const;

    // Whether a link to the page of the person with these subjects, made then, was ended.
    bool has_ended(std::span<const SubjectId> subjects, Time made) const;

    std::string_view name() const override { return "page_links"; }
    void apply(const journal::Record& record) override;
    void save(ByteWriter& out) const override;
    Result<void> load(ByteReader& in) override;

  private:
    std::map<SubjectId, Time> ended_;
};

}  // namespace altis::rights
