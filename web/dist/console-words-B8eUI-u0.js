import{M as r,t as o}from"./console-refused-D4rL37Dd.js";function c(t,e){const n=`${t}_${e}`;return Object.hasOwn(r,n)?o(n):e.replaceAll("_"," ")}export{c as n};
