/* The size of slices. */
#include "fanout/pace.h"

struct pace *pace_of(struct paces *all, int64_t alert) {
    for (size_t i = 0; i < PACES; i++)
        if (all->of[i].alert == alert)
            return &all->of[i];
    struct pace *p = &all->of[all->next++ % PACES];
    *p = (struct pace){.alert = alert, .span = PACE_FIRST};
    return p;
}

/* Two that went well in a row are all of a slice that had failed: it was nobody's record. */
void pace_went(struct pace *p) {
    p->hunted = p->hunted && ++p->went < 2;
    if (!p->hunted)
        p->span = p->span >= PACE_FIRST ? PACE_FULL : p->span * 2;
}

bool pace_failed(struct pace *p, bool ours) {
    bool alone = p->span == 1 && ours;
    p->hunted = !alone;
    p->went = 0;
    if (p->span > 1)
        p->span /= 2;
    return alone;
}
