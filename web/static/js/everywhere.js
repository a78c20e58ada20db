/**
 * What every page has: the bar. A page's own script need not start it.
 */

import { startBar } from "./bar.js";

startBar();
