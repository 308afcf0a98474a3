// Keeps the warehouse up with the journal, and answers typed plans from it.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "journal/journal.h"
#include "warehouse/engine.h"
#include "warehouse/feeder.h"

namespace altis::service {

// Owns the warehouse engine, its projections and the thread that feeds it. Thread-safe.
class Projector;

}  // namespace altis::service
