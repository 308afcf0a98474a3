// The notices of notices.mjs as lines, for judges that are not written in JavaScript: node print_notices.mjs COUNT
import { notices } from "./notices.mjs";

for (const notice of notices(Number(process.argv[2]))) console.log(JSON.stringify(notice));
