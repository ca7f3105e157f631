// Empty: c10d's header asks for it and uses nothing of it. See transport/device.h.
#pragma once
