/* The one table of routes. Tests enumerate it. */
#ifndef SERVER_ROUTE_TABLE_H
#define SERVER_ROUTE_TABLE_H

#include "http/route.h"

const struct route_table *route_table(void);

#endif
