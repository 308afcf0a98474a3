// From the configuration to what an instance needs.
#pragma once

#include "app/config.h"
#include "service/instance.h"

namespace altis::app {

service::InstanceOptions instance_options(const Config& config);

}  // namespace altis::app
