function n(o,t,c){const e=document.createElement("a");e.href=URL.createObjectURL(new Blob([c],{type:t})),e.download=o,e.click(),setTimeout(()=>URL.revokeObjectURL(e.href),1e4)}export{n as d};
