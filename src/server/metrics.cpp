#include "server/metrics.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <variant>

#include "base/assert.h"

namespace altis::server {

void Histogram::observe_us(std::int64_t us) {
    const auto bound = std::lower_bound(kBoundsUs.begin(), kBoundsUs.end(), us);
    const auto i = static_cast<std::size_t>(bound - kBoundsUs.begin());
    buckets_[i].fetch_add(1, std::memory_order_relaxed);
    sum_us_.fetch_add(us, std::memory_order_relaxed);
}

std::uint64_t Histogram::count() const {
    return count_up_to(kBoundsUs.size());
}

std::uint64_t Histogram::count_up_to(std::size_t i) const {
    std::uint64_t count = 0;
    for (std::size_t k = 0; k <= i; ++k)
        count += buckets_[k].load(std::memory_order_relaxed);
    return count;
}

namespace {

using Metric =
    std::variant<std::unique_ptr<Counter>, std::unique_ptr<Gauge>, std::unique_ptr<Histogram>>;

constexpr std::array<std::string_view, 3> kKinds = {"counter", "gauge", "histogram"};

// All metrics of one name, by their labels as text.
struct Family {
    std::string help;
    std::size_t kind = 0;
    std::map<std::string, Metric> members;
};

void append_escaped(std::string& out, std::string_view text) {
    for (const char c : text) {
        if (c == '\n') {
            out.append("\\n");
            continue;
        }
        if (c == '"' || c == '\\') out.push_back('\\');
        out.push_back(c);
    }
}

// `a="1",b="2"`
std::string labels_text(Labels labels) {
    std::string text;
    for (const auto& [name, value] : labels) {
        if (!text.empty()) text.push_back(',');
        text.append(name).append("=\"");
        append_escaped(text, value);
        text.push_back('"');
    }
    return text;
}

void append_sample(std::string& out, std::string_view name, std::string_view labels,
                   std::string_view value) {
    out.append(name);
    if (!labels.empty()) out.append("{").append(labels).append("}");
    out.append(" ").append(value).append("\n");
}

// Microseconds as decimal seconds without trailing zeros.
std::string seconds_text(std::int64_t us) {
    std::string fraction = std::to_string(us % 1'000'000);
    fraction.insert(0, 6 - fraction.size(), '0');
    while (!fraction.empty() && fraction.back() == '0')
        fraction.pop_back();
    const std::string whole = std::to_string(us / 1'000'000);
    return fraction.empty() ? whole : whole + "." + fraction;
}

void append_histogram(std::string& out, const std::string& name, const std::string& labels,
                      const Histogram& histogram) {
    const std::string prefix = labels.empty() ? "" : labels + ",";
    for (std::size_t i = 0; i <= Histogram::kBoundsUs.size(); ++i) {
        const bool last = i == Histogram::kBoundsUs.size();
        const std::string bound = last ? "+Inf" : seconds_text(Histogram::kBoundsUs[i]);
        std::string labels_and_bound = prefix;
        labels_and_bound.append("le=\"").append(bound).append("\"");
        append_sample(out, name + "_bucket", labels_and_bound,
                      std::to_string(histogram.count_up_to(i)));
    }
    append_sample(out, name + "_sum", labels, seconds_text(histogram.sum_us()));
    append_sample(out, name + "_count", labels, std::to_string(histogram.count()));
}

void append_metric(std::string& out, const std::string& name, const std::string& labels,
                   const Metric& metric) {
    if (const auto* counter = std::get_if<std::unique_ptr<Counter>>(&metric)) {
        append_sample(out, name, labels, std::to_string((*counter)->value()));
    } else if (const auto* gauge = std::get_if<std::unique_ptr<Gauge>>(&metric)) {
        append_sample(out, name, labels, std::to_string((*gauge)->value()));
    } else {
        append_histogram(out, name, labels, *std::get<std::unique_ptr<Histogram>>(metric));
    }
}

}  // namespace

struct Metrics::Impl {
    mutable std::mutex mutex;
    std::map<std::string, Family, std::less<>> families;

    template <class Kind>
    Kind& find(std::string_view name, std::string_view help, Labels labels);
};

template <class Kind>
Kind& Metrics::Impl::find(std::string_view name, std::string_view help, Labels labels) {
    const std::scoped_lock lock(mutex);
    Metric fresh = std::make_unique<Kind>();
    const auto [family, is_new] = families.try_emplace(std::string(name));
    if (is_new) family->second = {std::string(help), fresh.index(), {}};
    ALTIS_ASSERT(family->second.kind == fresh.index());
    const auto [member, added] =
        family->second.members.try_emplace(labels_text(labels), std::move(fresh));
    return *std::get<std::unique_ptr<Kind>>(member->second);
}

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

Counter& Metrics::counter(std::string_view name, std::string_view help, Labels labels) {
    return impl_->find<Counter>(name, help, labels);
}

Gauge& Metrics::gauge(std::string_view name, std::string_view help, Labels labels) {
    return impl_->find<Gauge>(name, help, labels);
}

Histogram& Metrics::histogram(std::string_view name, std::string_view help, Labels labels) {
    return impl_->find<Histogram>(name, help, labels);
}

std::string Metrics::to_text() const {
    const std::scoped_lock lock(impl_->mutex);
    std::string out;
    for (const auto& [name, family] : impl_->families) {
        out.append("# HELP ").append(name).append(" ").append(family.help).append("\n");
        out.append("# TYPE ").append(name).append(" ").append(kKinds[family.kind]).append("\n");
        for (const auto& [labels, metric] : family.members) {
            append_metric(out, name, labels, metric);
        }
    }
    return out;
}

}  // namespace altis::server
