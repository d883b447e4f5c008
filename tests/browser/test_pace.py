"""The pace of a broadcast on its page: that of the last ten seconds, not the average since the start."""
import pytest

CHECK = """
const [rows, left, done] = arguments;
import("/static/pace.js").then(({ rateOf, rateText, timeText, withSample }) => {
  let samples = [];
  done(rows.map(([at, sent]) => {
    samples = withSample(samples, { at, done: sent });
    const rate = rateOf(samples);
    return rate === null ? null : [rateText(rate), timeText(left, rate)];
  }));
});
"""


@pytest.mark.parametrize("rows, said", [
    ([[0, 0], [1000, 500], [2000, 1000]], [None, ["500", "2:04"], ["500", "2:04"]]),
    ([[0, 0], [5000, 50000], [10000, 50000], [15000, 50000]], [None, ["10,000", "0:07"], ["5,000", "0:13"], ["0", "–"]]),
    ([[0, 0], [60000, 100], [61000, 2100]], [None, None, ["2,000", "0:31"]]),  # after a long silence it begins anew
    ([[0, 7], [0, 9]], [None, None])])
def test_pace_of_the_last_seconds(system, browser, rows, said):
    page = browser()
    page.get(system.settings["staff_url"] + "/sign-in")
    assert page.execute_async_script(CHECK, rows, 62000) == said
